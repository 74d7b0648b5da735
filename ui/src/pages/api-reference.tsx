export function ApiReferencePage() {
  return <div>ApiReferencePage</div>;
}
