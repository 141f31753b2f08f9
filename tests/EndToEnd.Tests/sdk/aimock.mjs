// Providers for the SDK tests. Prints "HOSTED <url>" (the run call of Workers AI, which the mock lacks) and "LISTENING <url>" once, then "ABORTED <case>" whenever a client goes away before its
// answer is over; <case> is the request's x-test-case header. Ends with its standard input.
import http from 'node:http';
import { createServer } from '@copilotkit/aimock';

const weather = { name: 'get_weather', arguments: { city: 'Oslo' } };
const fixtures = [
  { match: { model: 'broken' }, response: { error: { message: 'out of order', type: 'server_error' }, status: 500 } },
  { match: { hasToolResult: true }, response: { content: 'It is sunny in Oslo.' } },
  { match: { userMessage: 'weather' }, response: { toolCalls: [weather] } },
  {
    // Long enough in the making that a client can leave in the middle of it.
    match: { userMessage: 'forever' },
    response: { content: 'on and '.repeat(2000) },
    chunkSize: 4,
    latency: 50,
  },
  { match: { userMessage: 'structured' }, response: { content: '{"city":"Oslo"}' } },
  { match: { userMessage: 'hello' }, response: { content: 'Hi there, friend!' }, chunkSize: 5 },
].map((fixture) => ({
  ...fixture,
  response: fixture.response.toolCalls
    ? { toolCalls: fixture.response.toolCalls.map((call) => ({ ...call, arguments: JSON.stringify(call.arguments) })) }
    : fixture.response,
}));

const mock = await createServer(fixtures, { port: 0, host: '127.0.0.1', logLevel: 'silent' });

// The mock has Bedrock's chats but not its embeddings.
const others = mock.server.listeners('request');
mock.server.removeAllListeners('request');
mock.server.on('request', async (request, response) => {
  if (!request.url.startsWith('/model/amazon.titan-embed')) {
    others.forEach((listener) => listener(request, response));
    return;
  }

  let body = '';
  for await (const piece of request) body += piece;
  const { inputText, dimensions = 4 } = JSON.parse(body);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ embedding: Array(dimensions).fill(inputText.length / 16), inputTextTokenCount: inputText.length }));
});
mock.server.on('request', (request, response) => {
  response.on('close', () => {
    if (!response.writableFinished) console.log(`ABORTED ${request.headers['x-test-case']}`);
  });
});

const hosted = http.createServer(async (request, response) => {
  let body = '';
  for await (const piece of request) body += piece;
  const words = ['Hi ', 'from ', 'the ', 'hosted ', 'model!'];
  if (JSON.parse(body).stream) {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const word of words) response.write(`data: ${JSON.stringify({ response: word })}\n\n`);
    response.end('data: [DONE]\n\n');
  } else {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ result: { response: words.join('') }, success: true, errors: [], messages: [] }));
  }
});
await new Promise((listening) => hosted.listen(0, '127.0.0.1', listening));
console.log(`HOSTED http://127.0.0.1:${hosted.address().port}`);
console.log(`LISTENING ${mock.url}`);
process.stdin.resume().on('end', () => process.exit(0));
