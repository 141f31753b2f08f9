// The official Google GenAI SDK, changed in nothing but its base URL and headers.
import assert from 'node:assert/strict';
import { GoogleGenAI } from '@google/genai';
import { failure, gatewayHeaders, provider, run, TOKEN } from './support.mjs';

// The version is the one the mock provider knows.
const connect = (apiKey, headers) =>
  new GoogleGenAI({ apiKey, apiVersion: 'v1beta', httpOptions: { baseUrl: provider('google-ai-studio'), headers } });
const client = connect('google-provider-key', gatewayHeaders('google'));
const model = 'gemini-2.5-flash';
const tools = [
  {
    functionDeclarations: [
      {
        name: 'get_weather',
        parametersJsonSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
      },
    ],
  },
];

await run({
  async 'generateContent: plain'() {
    const answer = await client.models.generateContent({ model, contents: 'hello' });
    assert.equal(answer.text, 'Hi there, friend!');
  },

  async 'generateContent: streamed'() {
    const parts = [];
    for await (const chunk of await client.models.generateContentStream({ model, contents: 'hello' })) {
      if (chunk.text) parts.push(chunk.text);
    }
    assert.equal(parts.join(''), 'Hi there, friend!');
    assert.ok(parts.length > 1, 'one piece is no stream');
  },

  async 'generateContent: with tools'() {
    const answer = await client.models.generateContent({ model, contents: 'weather', config: { tools } });
    const [call] = answer.functionCalls;
    assert.deepEqual([call.name, call.args], ['get_weather', { city: 'Oslo' }]);
  },

  async 'generateContent: aborted in the middle'() {
    const abort = new AbortController();
    const stream = await client.models.generateContentStream({
      model,
      contents: 'forever',
      config: {
        abortSignal: abort.signal,
        httpOptions: { headers: { ...gatewayHeaders('google-abort') } },
      },
    });
    await stream.next();
    abort.abort();
    await failure((async () => {
      for await (const _ of stream);
    })());
  },

  async 'the gateway token as API key is no provider key'() {
    const error = await failure(connect(TOKEN, {}).models.generateContent({ model, contents: 'hello' }));
    assert.equal(error.status, 400);
    assert.match(error.message, /2040/);
  },

  async 'without the gateway token'() {
    const error = await failure(connect('google-provider-key', {}).models.generateContent({ model, contents: 'hello' }));
    assert.equal(error.status, 401);
    assert.match(error.message, /2009/);
  },
});
