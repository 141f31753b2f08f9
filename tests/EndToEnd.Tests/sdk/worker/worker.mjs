// A Worker as anyone writes it: it knows its binding and nothing of where that leads. Each path is one thing that Workers do with it.
const told = (error) => Response.json({ error: { name: error.name, message: error.message } });

const calls = {
  getUrl: async ({ AI }, { gateway, provider }) => Response.json({ url: await AI.gateway(gateway).getUrl(provider) }),

  getLog: async ({ AI }, { gateway, id }) => {
    const log = await AI.gateway(gateway).getLog(id);
    return Response.json({ log, isDate: log.created_at instanceof Date && !Number.isNaN(log.created_at.getTime()) });
  },

  patchLog: async ({ AI }, { gateway, id, change }) => {
    await AI.gateway(gateway).patchLog(id, change);
    return Response.json({ done: true });
  },

  // The raw answer is passed on, as a Worker in front of a site does.
  gatewayRun: ({ AI }, { gateway, steps, options }) => AI.gateway(gateway).run(steps, options),

  run: async ({ AI }, { model, input, options }) => {
    const result = await AI.run(model, input, options);
    return result instanceof ReadableStream
      ? new Response(result, { headers: { 'content-type': 'text/event-stream', 'x-log-id': AI.aiGatewayLogId ?? '' } })
      : Response.json({ result, logId: AI.aiGatewayLogId });
  },

  models: async ({ AI }, filter) => Response.json({ models: await AI.models(filter) }),
};

export default {
  async fetch(request, env) {
    try {
      return await calls[new URL(request.url).pathname.slice(1)](env, await request.json());
    } catch (error) {
      return told(error);
    }
  },
};
