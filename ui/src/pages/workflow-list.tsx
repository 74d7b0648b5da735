export function WorkflowListPage() {
  return <div>WorkflowListPage</div>;
}
