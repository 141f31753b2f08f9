// An identity provider with users in memory. Takes its port, the gateway's address and the client's secret from the environment; prints "LISTENING <issuer>" once and ends with its standard input.
import { Provider } from 'oidc-provider';

const { PORT, GATEWAY_URL, CLIENT_SECRET } = process.env;
const issuer = `http://127.0.0.1:${PORT}`;
const users = {
  ada: { email: 'ada@corp.test', email_verified: true, name: 'Ada Test', given_name: 'Ada', family_name: 'Test', groups: ['engineers', 'admins'] },
  bob: { email: 'bob@corp.test', email_verified: true, name: 'Bob Test', groups: ['engineers'] },
  eve: { email: 'eve@corp.test', email_verified: false, name: 'Eve Test', groups: ['strangers'] },
};

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'gateway',
      client_secret: CLIENT_SECRET,
      redirect_uris: [`${GATEWAY_URL}/auth/corp/callback`],
      post_logout_redirect_uris: [`${GATEWAY_URL}/`],
    },
    { client_id: 'robot', client_secret: CLIENT_SECRET, grant_types: ['client_credentials'], redirect_uris: [], response_types: [] },
  ],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'given_name', 'family_name', 'groups'] },
  findAccount: (_, sub) => users[sub] && { accountId: sub, claims: () => ({ sub, ...users[sub] }) },
  pkce: { required: () => true },
  cookies: { keys: ['of the tests'] },
  features: {
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => undefined,
      getResourceServerInfo: (_, resource) => ({ audience: resource, scope: 'manage', accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } }),
      useGrantedResource: () => true,
    },
  },
});

provider.on('server_error', (_, error) => console.error(error));
const server = provider.listen(Number(PORT), '127.0.0.1', () => console.log(`LISTENING ${issuer}`));
process.stdin.resume();
process.stdin.on('end', () => {
  server.close();
  server.closeAllConnections();
});
