export function WorkflowEditorPage() {
  return <div>WorkflowEditorPage</div>;
}
export function NewWorkflowPage() {
  return <div />;
}
