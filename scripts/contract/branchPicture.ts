// docs/images/branches.svg: which error takes which of the prefilled branches, and what a person does about it.
import { ERROR_KINDS } from '../../nodes/Asapp/errors/errorKinds';
import { branchFields } from '../../nodes/Asapp/outputs/branchFields';
import { IN_DOUBT, OTHER_ERRORS } from '../../nodes/Asapp/outputs/branches';

interface Row {
  branch: string;
  errors: string[];
  /** What happened, in a few words. */
  what: string;
  /** What to do about it, a line each. */
  todo: string[];
  color: string;
}

/** What the declarations do not say of a prefilled branch. */
const WORDS: Record<string, Omit<Row, 'branch' | 'errors'>> = {
  'Check First': {
    what: 'ASAPP may have it',
    todo: ['Look at the conversation', 'before you send it again.'],
    color: '#b7791f',
  },
  'Retry Later': {
    what: 'Certainly not accepted, and that may pass',
    todo: ['Send it again later: the node', 'has tried Max Retries times.'],
    color: '#2f6fde',
  },
  'Fix Request': {
    what: 'Something in the item is wrong',
    todo: ['Correct what the', 'message names.'],
    color: '#a8479b',
  },
  'Not Found': {
    what: 'ASAPP does not know it',
    todo: ['Check Conversation ID, and the', "credential's environment."],
    color: '#5f6b7a',
  },
  'Check Key': {
    what: 'The key or the credential cannot be used',
    todo: ['Set the credential right: every', 'item fails until you do.'],
    color: '#d64545',
  },
  [OTHER_ERRORS]: { what: 'Anything else', todo: ['Read error.description.'], color: '#1f2937' },
};

const WIDTH = 940;
const TOP = 44;
const ROW = 56;

/** The drawing, on a ground of its own: it is read on a light and on a dark page. */
export function branchPicture(): string {
  const rows = pictureRows();
  const height = TOP + rows.length * ROW + 8;
  const label = rows.map(({ branch, errors, todo }) => `${errors.join(', ')}: ${branch}. ${todo.join(' ')}`);
  const drawn = rows.map((row, index) => drawRow(row, TOP + index * ROW)).join('\n');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="14" role="img" aria-label="${label.join(' ')}">
  <rect width="${WIDTH}" height="${height}" rx="8" fill="#ffffff"/>
  <g fill="#5f6b7a" font-size="12">
    <text x="20" y="28">What went wrong</text>
    <text x="500" y="28">Branch</text>
    <text x="694" y="28">What you do</text>
  </g>
${drawn}
</svg>
`;
}

function drawRow({ branch, errors, what, todo, color }: Row, y: number): string {
  const middle = y + ROW / 2;
  const first = todo.length === 1 ? middle + 5 : middle - 4;
  const lines = todo.map((line, index) => `<text x="694" y="${first + index * 18}">${line}</text>`).join('');
  return `  <path d="M12 ${y}H${WIDTH - 12}" stroke="#e2e6eb"/>
  <g fill="#1f2937"><text x="20" y="${middle - 4}" font-weight="600">${what}</text><text x="20" y="${middle + 14}">${errors.join(' · ')}</text>${lines}</g>
  <path d="M452 ${middle}H484m-6 -5 6 5-6 5" stroke="${color}" stroke-width="1.5" fill="none"/>
  <rect x="492" y="${middle - 15}" width="116" height="30" rx="15" fill="${color}"/>
  <text x="550" y="${middle + 5}" text-anchor="middle" fill="#ffffff" font-weight="600">${branch}</text>
  <path d="M618 ${middle}H678m-6 -5 6 5-6 5" stroke="${color}" stroke-width="1.5" fill="none"/>`;
}

function pictureRows(): Row[] {
  const field = branchFields.find(({ name }) => name === 'errorBranches');
  const { branch: rows } = field?.default as unknown as {
    branch: Array<{ name: string; errors: string[] }>;
  };
  const taken = new Set(rows.flatMap(({ errors }) => errors));
  const others = Object.keys(ERROR_KINDS).filter((kind) => !taken.has(kind));
  return [...rows, { name: OTHER_ERRORS, errors: others }].map(({ name, errors }) => {
    const words = WORDS[name];
    if (words === undefined) throw new Error(`${name} has no words for its row of the picture`);
    return { branch: name, errors: errors.map(nameOf), ...words };
  });
}

/** The status if it means just this kind, else the name in the editor. */
function nameOf(error: string): string {
  if (error === IN_DOUBT) return 'In Doubt';
  const kind = ERROR_KINDS[error as keyof typeof ERROR_KINDS];
  if (error === 'internalServerError') return 'other 5xx';
  return 'status' in kind ? String(kind.status) : kind.name;
}
