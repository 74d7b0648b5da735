export function WebhookListPage() {
  return <div>WebhookListPage</div>;
}
