import { removeFolder, type Service, temporaryFolder } from './service/service.ts';

/** The demo's folder, and what was started in it; disposing ends all of it and removes the folder. */
export interface Site extends AsyncDisposable {
  readonly folder: string;
  keep(service: Service): Service;
}

/** Makes the folder. */
export async function openSite(): Promise<Site> {
  const folder = await temporaryFolder('demo');
  const services: Service[] = [];
  return {
    folder,
    keep(service) {
      services.push(service);
      return service;
    },
    async [Symbol.asyncDispose]() {
      const all = services.splice(0);
      // First those who use the others, so that they need not see them go.
      const users = all.filter(({ url }) => url.startsWith('http:'));
      const used = all.filter((service) => !users.includes(service));
      for (const group of [users, used]) await Promise.allSettled(group.map((each) => each[Symbol.asyncDispose]()));
      await removeFolder(folder);
    },
  };
}
