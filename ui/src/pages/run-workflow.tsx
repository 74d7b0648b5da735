export function RunWorkflowPage() {
  return <div>RunWorkflowPage</div>;
}
