/** Names of invented people, as mixed as the towns they live in. */
import type { Random } from './random.ts';

export type PersonName = { readonly full: string; readonly gender: 'Female' | 'Male' };

type Pool = {
  readonly female: readonly string[];
  readonly male: readonly string[];
  readonly family: readonly string[];
};

/** A word list, so that the pools below stay readable. */
function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

const BRITISH: Pool = {
  female: words('Amy Bethan Charlotte Eilidh Grace Hannah Isobel Jessica Megan Ruth Sophie Zoe'),
  male: words('Adam Callum Daniel Ewan George Harry Jack Liam Owen Rhys Thomas William'),
  family: words(`Ashworth Barlow Carmichael Davies Ellison Fletcher Gallagher Hartley Illingworth
    Jenkins Kershaw Lister Murray Naylor Ogden Pickles Rowntree Sutcliffe Thackray Whitaker`),
};

const SOUTH_ASIAN: Pool = {
  female: words('Aisha Ananya Divya Farah Meera Nadia Priya Sana Shreya Zainab'),
  male: words('Arjun Bilal Dev Faisal Imran Kabir Nikhil Rohan Sanjay Usman'),
  family: words(`Ahmed Bhatt Chaudhry Desai Hussain Iyer Kapoor Malik Nair Patel Rahman Sharma
    Siddiqui Verma`),
};

const AFRICAN: Pool = {
  female: words('Abena Adaeze Chioma Efua Folake Ngozi Temi Wanjiru'),
  male: words('Chidi Emeka Kofi Kwame Obinna Sefu Tunde Yaw'),
  family: words('Adeyemi Balogun Danso Eze Kamau Mensah Nwosu Okafor Owusu Sesay'),
};

const EASTERN: Pool = {
  female: words('Agnieszka Elena Ioana Kasia Magdalena Oksana Petra Zuzanna'),
  male: words('Andrei Dariusz Jakub Marek Mihai Pavel Tomasz Wojciech'),
  family: words('Kovac Kowalczyk Lewandowski Marinescu Novak Petrov Popescu Wrona Zielinski Zima'),
};

const GERMAN: Pool = {
  female: words('Anke Britta Frieda Greta Hanna Ilse Jana Katrin Lena Marlene Svenja Ute'),
  male: words('Bernd Dirk Felix Henning Jonas Kai Lukas Matthias Nils Paul Stefan Uwe'),
  family: words(`Albrecht Baumann Dietrich Engel Fuchs Grimm Hoffmann Jansen Krause Lindner Möller
    Neumann Reinhardt Schäfer Vogel Weiß`),
};

const TURKISH: Pool = {
  female: words('Aylin Defne Elif Leyla Selin'),
  male: words('Baran Cem Emre Kerem Onur'),
  family: words('Aydın Çelik Demir Kaya Öztürk Şahin Yıldız'),
};

const CHINESE: Pool = {
  female: words('Hui-Ling Jia-Yi Li-Ting Mei-Fen Shu-Min Wen-Xin Xiu-Ying Yan-Ting'),
  male: words('Boon-Kiat Chee-Keong Jun-Wei Kok-Leong Wei-Jie Yong-Sheng Zhi-Hao Zi-Xuan'),
  family: words('Chan Goh Koh Lee Lim Ng Ong Tan Teo Wong'),
};

const MALAY: Pool = {
  female: words('Aminah Hidayah Nurul Rohana Siti'),
  male: words('Azlan Faizal Hafiz Iskandar Rizal'),
  family: words('Abdullah Hassan Ibrahim Ismail Osman Yusof'),
};

const POOLS: Record<string, readonly { readonly weight: number; readonly pool: Pool }[]> = {
  'Larkspur UK': [
    { weight: 55, pool: BRITISH },
    { weight: 20, pool: SOUTH_ASIAN },
    { weight: 12, pool: AFRICAN },
    { weight: 10, pool: EASTERN },
    { weight: 3, pool: CHINESE },
  ],
  'Larkspur SG': [
    { weight: 60, pool: CHINESE },
    { weight: 20, pool: MALAY },
    { weight: 16, pool: SOUTH_ASIAN },
    { weight: 4, pool: BRITISH },
  ],
  'Larkspur DE': [
    { weight: 60, pool: GERMAN },
    { weight: 18, pool: TURKISH },
    { weight: 15, pool: EASTERN },
    { weight: 7, pool: AFRICAN },
  ],
};

/** A name for somebody at a company that nobody in `taken` has; the name is added to `taken`. */
export function personName(random: Random, company: string, taken: Set<string>): PersonName {
  const pools = POOLS[company];
  if (pools === undefined) throw new Error(`No names are known for company \`${company}\``);
  for (;;) {
    const { pool } = random.weighted(pools);
    const gender = random.chance(0.44) ? 'Female' : 'Male';
    const first = random.pick(gender === 'Female' ? pool.female : pool.male);
    const full = `${first} ${random.pick(pool.family)}`;
    if (!taken.has(full)) {
      taken.add(full);
      return { full, gender };
    }
  }
}

/** The local part of an e-mail address: lower case, ASCII, words joined by dots. */
export function mailName(full: string): string {
  return full
    .replaceAll('ı', 'i')
    .replaceAll('ß', 'ss')
    .normalize('NFD')
    .replace(/[^A-Za-z -]/g, '')
    .toLowerCase()
    .replaceAll(' ', '.');
}
