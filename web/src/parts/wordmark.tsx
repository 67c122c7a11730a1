/** The name of the product with its mark. */
export function Wordmark() {
  return (
    <span className="desk-wordmark">
      <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
        <rect width="32" height="32" rx="7" fill="var(--desk-mark)" />
        <path d="M8 6h16v9c0 6-3.4 9.4-8 11-4.6-1.6-8-5-8-11z" fill="#fff" />
        <path d="M16 6v20c4.6-1.6 8-5 8-11V6z" fill="#bfe0d5" />
      </svg>
      Bailiwick
    </span>
  );
}
