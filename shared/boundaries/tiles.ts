/** The four threat boundaries, in the order in which a request meets them (SPEC 16). */
export const BOUNDARIES = ['client-api', 'api-database', 'api-provider', 'secret-persistence'] as const;
export type BoundaryId = (typeof BOUNDARIES)[number];

/** What an attacker is after. Plain bugs rank below every one of them. */
export const ASSETS = ['control', 'money', 'ownership'] as const;
export type AssetId = (typeof ASSETS)[number];

/** What is coloured on the screens: where something is crossed, and what is lost when it is. */
export const TILES = [...BOUNDARIES, ...ASSETS] as const;
export type TileId = (typeof TILES)[number];

export const GOALS = ['impersonate', 'drain', 'corrupt'] as const;
export type GoalId = (typeof GOALS)[number];
