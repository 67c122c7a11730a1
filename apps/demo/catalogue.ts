/** What Larkspur buys and sells: bicycles, parts, accessories, workshop services, and overheads. */
import { batches, type DemoBatch, money } from './batch.ts';

export type CatalogueItem = {
  readonly code: string;
  readonly name: string;
  readonly group: string;
  readonly uom: string;
  /** Price in pence before the company's price factor: of selling, or of an overhead's buying. */
  readonly rate: number;
  readonly isStock: boolean;
  readonly isSold: boolean;
  readonly isBought: boolean;
};

type Kind = Omit<CatalogueItem, 'code' | 'name' | 'rate'>;

const GOODS = { isStock: true, isSold: true, isBought: true } as const;
const BICYCLE: Kind = { group: 'Bicycles', uom: 'Nos', ...GOODS };
const SERVICE: Kind = {
  group: 'Workshop Services',
  uom: 'Nos',
  isStock: false,
  isSold: true,
  isBought: false,
};

/** `Name=pounds` entries, separated by commas. */
function priced(text: string): { readonly name: string; readonly pence: number }[] {
  return text.split(',').map((entry) => {
    const [name = '', pounds = ''] = entry.trim().split('=');
    return { name: name.trim().replaceAll(/\s+/g, ' '), pence: Math.round(Number(pounds) * 100) };
  });
}

function make(prefix: string, kind: Kind, text: string): CatalogueItem[] {
  return priced(text).map(({ name, pence }, index) => ({
    code: `${prefix}-${String(index + 1).padStart(3, '0')}`,
    name,
    rate: pence,
    ...kind,
  }));
}

const MODELS = priced(`Wharfe Road=1450, Aire Road Carbon=3250, Nidd Gravel=1790, Swale Gravel=2350,
  Calder Hardtail=990, Ribble Trail=2690, Ure City=640, Esk Tourer=1280, Derwent Folding=1120,
  Skipton E-City=2190, Malham E-Cargo=4350`);

const BICYCLES: readonly CatalogueItem[] = MODELS.flatMap(({ name, pence }, model) =>
  ['S', 'M', 'L', 'XL'].map((size) => ({
    code: `BIK-${String(model + 1).padStart(2, '0')}-${size}`,
    name: `${name}, ${size}`,
    rate: pence,
    ...BICYCLE,
  })),
);

const PARTS = make(
  'PRT',
  { group: 'Parts', uom: 'Nos', ...GOODS },
  `Chain 9-speed=18.5, Chain 10-speed=24, Chain 11-speed=32, Chain 12-speed=46,
  Cassette 11-28=42, Cassette 11-34=55, Cassette 10-51=118, Chainring 42T=38, Chainring 50T=61,
  Crankset 170 mm=145, Crankset 175 mm=149, Bottom Bracket Threaded=27, Bottom Bracket Press Fit=34,
  Front Derailleur=36, Rear Derailleur 10-speed=58, Rear Derailleur 12-speed=104,
  Shifter Right 11-speed=72, Shifter Left=49, Brake Lever=31, Hydraulic Brake=98,
  Disc Rotor 160 mm=21, Disc Rotor 180 mm=26, Brake Hose=17.5, Gear Cable=4.2, Brake Cable=4.6,
  Cable Housing=6.8, Handlebar 42 cm=48, Handlebar 780 mm=54, Stem 90 mm=29, Stem 60 mm=31,
  Headset=39, Seatpost 27.2=33, Dropper Seatpost=189, Saddle Sport=46, Saddle Touring=58,
  Front Wheel 700C=128, Rear Wheel 700C=164, Front Wheel 29 in=139, Rear Wheel 29 in=178,
  Tube 700C=5.5, Tube 29 in=6.2, Rim Tape=3.8, Freehub Body=52, Hub Bearing Kit=14.5,
  E-Bike Battery 500 Wh=520, E-Bike Display=134, Motor Mount Kit=41`,
);

const PAIRS = make(
  'PAR',
  { group: 'Parts', uom: 'Pair', ...GOODS },
  `Road Tyres 28 mm=74, Gravel Tyres 40 mm=86, Trail Tyres 2.4 in=98, City Tyres 37 mm=52,
  Brake Pads Organic=16, Brake Pads Sintered=19, Rim Brake Blocks=11.5, Flat Pedals=42,
  Clip-in Pedals=79, Lock-on Grips=22`,
);

const ACCESSORIES = make(
  'ACC',
  { group: 'Accessories', uom: 'Nos', ...GOODS },
  `Helmet City=54, Helmet Road=89, D-Lock=48, Folding Lock=66, Floor Pump=39, Mini Pump=24,
  Bottle Cage=12, Bottle 750 ml=8.5, Child Seat=115, Cargo Trailer=245, Cycle Computer=129,
  Chain Lube=9.5, Degreaser=11, Multi-Tool=28`,
);

const SETS = make(
  'SET',
  { group: 'Accessories', uom: 'Set', ...GOODS },
  'Light Set=46, Mudguard Set=41, Pannier Set=98, Puncture Repair Set=6.5',
);

const SERVICES = [
  ...make(
    'SRV',
    SERVICE,
    `Safety Check=25, Standard Service=75, Full Service=165, E-Bike Diagnosis=60,
    Wheel Building=55, Suspension Service=120, Brake Bleeding=38, Bike Fitting=145,
    Fleet Inspection=420`,
  ),
  ...make('LAB', { ...SERVICE, uom: 'Hour' }, 'Workshop Labour=48'),
];

function overhead(prefix: string, group: string, uom: string, text: string): CatalogueItem[] {
  return make(prefix, { group, uom, isStock: false, isSold: false, isBought: true }, text);
}

const OVERHEADS = [
  ...overhead('PRE', 'Premises', 'Month', 'Rent=4200, Electricity=780, Cleaning=460, Repairs=350'),
  ...overhead('FRT', 'Freight and Delivery', 'Nos', 'Pallet Freight=145, Parcel Delivery=230'),
  ...overhead('ADV', 'Advertising', 'Nos', 'Online Advertising=950, Print Advertising=620'),
  ...overhead('OFF', 'Office', 'Month', 'Software Licences=540, Phones=210, Office Supplies=120'),
  ...overhead('FEE', 'Advice', 'Nos', 'Audit Fee=2400, Legal Advice=890, Insurance=1350'),
];

/** Everything in the catalogue. */
export const CATALOGUE: readonly CatalogueItem[] = [
  ...BICYCLES,
  ...PARTS,
  ...PAIRS,
  ...ACCESSORIES,
  ...SETS,
  ...SERVICES,
  ...OVERHEADS,
];

/** Which income account, by its short name, an item group is sold on. */
export const INCOME_OF: Readonly<Record<string, string>> = {
  Bicycles: 'Bicycle Sales',
  Parts: 'Parts and Accessories Sales',
  Accessories: 'Parts and Accessories Sales',
  'Workshop Services': 'Workshop Income',
};

/** Which expense account, by its short name, an item group is bought on. */
export const EXPENSE_OF: Readonly<Record<string, string>> = {
  Bicycles: 'Goods Purchased',
  Parts: 'Goods Purchased',
  Accessories: 'Goods Purchased',
  Premises: 'Rent and Premises',
  'Freight and Delivery': 'Freight',
  Advertising: 'Marketing Expenses',
  Office: 'Office and IT',
  Advice: 'Professional Fees',
};

/** The catalogue as documents. */
export function generateItems(): Generator<DemoBatch> {
  return batches(
    'Item',
    CATALOGUE.map((item) => ({
      name: item.code,
      values: {
        item_code: item.code,
        item_name: item.name,
        item_group: item.group,
        stock_uom: item.uom,
        standard_rate: money(item.rate),
        is_stock_item: item.isStock ? 1 : 0,
        is_sales_item: item.isSold ? 1 : 0,
        is_purchase_item: item.isBought ? 1 : 0,
        disabled: 0,
      },
    })),
  );
}
