export function WebhookPage() {
  return <div>WebhookPage</div>;
}
