/** An alert as Alertmanager's own API shows it. */
export interface KnownAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly updatedAt: string;
  readonly fingerprint: string;
  readonly generatorURL: string;
}

/** What a real Alertmanager holds as active now. */
export async function activeAlerts(url: string): Promise<readonly KnownAlert[]> {
  const answer = await fetch(`${url}/api/v2/alerts?active=true&inhibited=true&silenced=true`);
  return (await answer.json()) as readonly KnownAlert[];
}
