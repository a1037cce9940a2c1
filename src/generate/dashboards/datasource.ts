/** The Prometheus that the dashboard's variable chooses. */
export const DATASOURCE = { type: 'prometheus', uid: `\${datasource}` } as const;
