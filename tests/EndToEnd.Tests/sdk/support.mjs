// What the SDK scripts share: where the gateway is, and running named checks one by one.
export const { GATEWAY_URL, ACCOUNT_ID, TOKEN } = process.env;

/** The data plane's URL of a provider. */
export const provider = (slug) => `${GATEWAY_URL}/v1/${ACCOUNT_ID}/default/${slug}`;

/** The URL of an inference route of the API host. */
export const inference = (route) => `${GATEWAY_URL}/client/v4/accounts/${ACCOUNT_ID}/ai/${route}`;

/** The gateway's own credential, beside the provider's key; and the case, which the provider reports when it is left. */
export const gatewayHeaders = (name) => ({ 'cf-aig-authorization': `Bearer ${TOKEN}`, 'x-test-case': name });

export async function run(checks) {
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check();
      console.log(`ok ${name}`);
    } catch (error) {
      console.log(`FAILED ${name}`);
      console.log(error);
      process.exitCode = 1;
    }
  }
}

/** The reason of a promise that must fail. */
export const failure = (promise) =>
  promise.then(
    (value) => {
      throw new Error(`expected a failure, got ${JSON.stringify(value)}`);
    },
    (reason) => reason,
  );
