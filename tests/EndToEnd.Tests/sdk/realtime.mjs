// The official clients of OpenAI's and Google's realtime APIs, and the documented universal messages, over WebSockets.
import assert from 'node:assert/strict';
import net from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import Cloudflare from 'cloudflare';
import { GoogleGenAI, Modality } from '@google/genai';
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import WebSocket from 'ws';
import { ACCOUNT_ID, GATEWAY_URL, gatewayHeaders, provider, run, TOKEN } from './support.mjs';

const { hostname, port, host } = new URL(GATEWAY_URL);
const cloudflare = new Cloudflare({ apiToken: TOKEN, baseURL: `${GATEWAY_URL}/client/v4` });

/** The log entry of an event, as soon as it is written. */
async function logged(event) {
  for (let trial = 0; trial < 100; trial++) {
    const page = await cloudflare.aiGateway.logs.list('default', {
      account_id: ACCOUNT_ID,
      filters: [{ key: 'event_id', operator: 'eq', value: [event] }],
    });
    if (page.result.length > 0) return page.result[0];
    await wait(100);
  }
  throw new Error(`no log entry of ${event}`);
}

const message = (socket) =>
  new Promise((resolve, reject) => {
    socket.once('message', (data) => resolve(JSON.parse(data)));
    socket.once('error', reject);
    socket.once('close', (code) => reject(new Error(`closed with ${code}`)));
  });

await run({
  async 'openai: a response in text, and its log entry'() {
    const client = new OpenAI({ apiKey: 'sk-provider-key', baseURL: provider('openai') });
    // The client knows wss alone; the gateway under test has no certificate, so the bytes go past TLS.
    const session = new OpenAIRealtimeWS(
      {
        model: 'gpt-realtime',
        options: {
          headers: { ...gatewayHeaders('realtime'), 'cf-aig-event-id': 'sdk-realtime-openai' },
          createConnection: () => net.connect(Number(port), hostname),
        },
      },
      client,
    );
    const events = [];
    const text = await new Promise((resolve, reject) => {
      let said = '';
      session.on('error', reject);
      session.on('event', (event) => {
        events.push(event.type);
        if (/^response\.(output_)?text\.delta$/.test(event.type)) said += event.delta;
        if (event.type === 'response.done') resolve(said);
      });
      session.socket.on('open', () => {
        session.send({
          type: 'conversation.item.create',
          item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hello' }] },
        });
        session.send({ type: 'response.create', response: { output_modalities: ['text'] } });
      });
    });
    assert.equal(text, 'Hi there, friend!');
    assert.equal(events[0], 'session.created');
    const closed = new Promise((resolve) => session.socket.once('close', (code) => resolve(code)));
    session.close();
    assert.equal(await closed, 1000);
    const entry = await logged('sdk-realtime-openai');
    assert.equal(entry.provider, 'openai');
    assert.equal(entry.model, 'gpt-realtime');
    assert.equal(entry.request_type, 'websocket');
    assert.equal(entry.success, true);
  },

  async 'google: a turn of the Live API'() {
    const client = new GoogleGenAI({
      apiKey: 'google-provider-key',
      httpOptions: {
        baseUrl: provider('google-ai-studio'),
        apiVersion: 'v1beta', // The version that the mock has.
        headers: { ...gatewayHeaders('live'), 'cf-aig-event-id': 'sdk-realtime-google' },
      },
    });
    const [text, session] = await new Promise((resolve, reject) => {
      let said = '';
      const connecting = client.live.connect({
        model: 'gemini-live-2.5-flash-preview',
        config: { responseModalities: [Modality.TEXT] },
        callbacks: {
          onmessage: async (event) => {
            for (const part of event.serverContent?.modelTurn?.parts ?? []) said += part.text ?? '';
            if (event.serverContent?.turnComplete) resolve([said, await connecting]);
          },
          onerror: (error) => reject(error.error ?? new Error(error.message)),
        },
      });
      connecting.then(
        (live) => live.sendClientContent({ turns: [{ role: 'user', parts: [{ text: 'hello' }] }], turnComplete: true }),
        reject,
      );
    });
    assert.equal(text, 'Hi there, friend!');
    session.close();
    const entry = await logged('sdk-realtime-google');
    assert.equal(entry.provider, 'google-ai-studio');
    assert.equal(entry.request_type, 'websocket');
  },

  async 'a browser: token and key as subprotocols'() {
    const socket = new WebSocket(`ws://${host}/v1/${ACCOUNT_ID}/default/openai?model=gpt-realtime`, [
      'realtime',
      'openai-insecure-api-key.sk-provider-key',
      `cf-aig-authorization.${TOKEN}`,
    ]);
    assert.equal((await message(socket)).type, 'session.created');
    assert.equal(socket.protocol, 'realtime');
    socket.close();
  },

  async 'no token, no upgrade'() {
    const socket = new WebSocket(`ws://${host}/v1/${ACCOUNT_ID}/default/openai?model=gpt-realtime`);
    const [, response] = await new Promise((resolve) => socket.once('unexpected-response', (...args) => resolve(args)));
    assert.equal(response.statusCode, 401);
    response.destroy();
  },

  async 'universal: whole and streamed'() {
    const socket = new WebSocket(`ws://${host}/v1/${ACCOUNT_ID}/default/`, {
      headers: { 'cf-aig-authorization': `Bearer ${TOKEN}` },
    });
    await new Promise((open) => socket.once('open', open));
    const ask = (eventId, stream) =>
      socket.send(
        JSON.stringify({
          type: 'universal.create',
          request: {
            eventId,
            provider: 'openai',
            endpoint: 'chat/completions',
            headers: { Authorization: 'Bearer sk-provider-key', 'Content-Type': 'application/json' },
            query: { model: 'gpt-4o-mini', stream, messages: [{ role: 'user', content: 'hello' }] },
          },
        }),
      );
    ask('sdk-universal-whole', false);
    const whole = await message(socket);
    assert.equal(whole.type, 'universal.created');
    assert.equal(whole.metadata.eventId, 'sdk-universal-whole');
    assert.equal(whole.response.choices[0].message.content, 'Hi there, friend!');

    const streamed = [];
    const over = new Promise((resolve) =>
      socket.on('message', (data) => {
        streamed.push(JSON.parse(data));
        if (streamed.at(-1).type === 'universal.done') resolve();
      }),
    );
    ask('sdk-universal-stream', true);
    await over;
    assert.equal(streamed[0].type, 'universal.created');
    assert.equal(streamed.slice(1, -1).map((event) => event.response.choices[0]?.delta.content ?? '').join(''), 'Hi there, friend!');
    socket.close();
    assert.equal((await logged('sdk-universal-stream')).request_type, 'websocket');
  },
});
