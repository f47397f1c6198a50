/** Where a policy document stands decides which elements it may have. */
export type PolicyKind = 'identity' | 'boundary' | 'session' | 'trust' | 'resource' | 'vpce' | 'scp' | 'rcp';
