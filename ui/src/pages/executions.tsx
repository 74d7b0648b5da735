export function ExecutionsPage() {
  return <div>ExecutionsPage</div>;
}
