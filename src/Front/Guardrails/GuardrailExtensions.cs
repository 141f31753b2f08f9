using GatewayActors.Front.Guardrails.Engines.AzureContentSafety;
using GatewayActors.Front.Guardrails.Engines.Calls;
using GatewayActors.Front.Guardrails.Engines.LlamaGuard;
using GatewayActors.Front.Guardrails.Engines.OpenAIModeration;
using GatewayActors.Front.Guardrails.Engines.Rules;
using GatewayActors.Front.Inspection;

namespace GatewayActors.Front.Guardrails;

/// <summary>Registration of guardrails.</summary>
internal static class GuardrailExtensions
{
    extension(IServiceCollection services)
    {
        /// <summary>Adds guardrails with their engines: a line for each.</summary>
        public IServiceCollection AddGuardrails()
        {
            services.AddSingleton<ScannerCalls>();
            services.AddSingleton<IGuardrailEngine, LlamaGuardEngine>();
            services.AddSingleton<IGuardrailEngine, OpenAIModerationEngine>();
            services.AddSingleton<IGuardrailEngine, AzureContentSafetyEngine>();
            services.AddSingleton<IGuardrailEngine, RulesEngine>();
            services.AddSingleton<EvaluationLog>();
            services.AddSingleton<RememberedVerdicts>();
            services.AddSingleton<GuardrailEvaluator>();
            services.AddSingleton<IInspector, GuardrailInspector>();
            return services;
        }
    }
}
