using GatewayActors.Front.Hosting;

return await GatewayHost.RunAsync(args);
