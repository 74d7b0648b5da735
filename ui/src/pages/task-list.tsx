export function TaskListPage() {
  return <div>TaskListPage</div>;
}
