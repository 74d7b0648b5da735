// A status as a dot and a word: readable without colour.
import { statusText, toneOf } from '../model/status-look.ts';

export function Status({ status, filled = false }: { status: string; filled?: boolean }) {
  return (
    <span className="status" data-tone={toneOf(status)} data-filled={filled || undefined} data-status={status}>
      <i aria-hidden="true" />
      {statusText(status)}
    </span>
  );
}
