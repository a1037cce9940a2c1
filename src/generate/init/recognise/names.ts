/** Names of the variables that the written config asks for. */
export interface Names {
  /** A variable for a value that is not repeated: `hint`, or with the service's name before it where another value has that one. */
  claim(hint: string, value: string, service: string, always?: boolean): string;
  /** A variable that the compose file itself refers to. */
  refer(name: string): void;
}

const upper = (text: string): string =>
  text
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^(?=\d)/, '_');

export function openNames(): Names {
  const taken = new Map<string, string>();
  return {
    claim(hint, value, service, always = false) {
      const plain = /^[A-Za-z_][A-Za-z0-9_]*$/.test(hint) && !always ? hint : upper(hint);
      const name = !always && [undefined, value].includes(taken.get(plain)) ? plain : `${upper(service)}_${plain}`;
      taken.set(name, value);
      return name;
    },
    refer: (name) => void taken.set(name, `\${${name}}`),
  };
}
