export function TaskDefinitionPage() {
  return <div>TaskDefinitionPage</div>;
}
export function NewTaskPage() {
  return <div />;
}
