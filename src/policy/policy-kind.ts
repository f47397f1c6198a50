/** The kind of a policy document decides which elements it may have. */
export type PolicyKind = 'identity' | 'boundary' | 'session' | 'trust' | 'resource' | 'vpce' | 'scp' | 'rcp';
