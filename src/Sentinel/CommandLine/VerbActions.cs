namespace Sentinel.Hosting.CommandLine;

/// <summary>What each verb does. Separate from the grammar so that either can be tested without the other.</summary>
/// <param name="Replay">Runs <c>replay</c>.</param>
/// <param name="Score">Runs <c>score</c>.</param>
/// <param name="Serve">Runs <c>serve</c>.</param>
/// <param name="Demo">Runs <c>demo</c>.</param>
/// <param name="Simulate">Runs <c>simulate</c>.</param>
/// <param name="Train">Runs <c>train</c>.</param>
/// <param name="Models">Runs <c>models</c>.</param>
/// <param name="Evaluate">Runs <c>evaluate</c>.</param>
/// <param name="EvaluateModels">Runs <c>evaluate models</c>.</param>
/// <param name="Report">Runs <c>report</c>.</param>
/// <param name="Audit">Runs <c>audit verify</c>.</param>
/// <param name="Version">Runs <c>version</c>.</param>
internal sealed record VerbActions(
    Func<ReplayRequest, Task<int>> Replay,
    Func<ScoreRequest, Task<int>> Score,
    Func<ServeRequest, Task<int>> Serve,
    Func<DemoRequest, Task<int>> Demo,
    Func<SimulateRequest, Task<int>> Simulate,
    Func<TrainRequest, Task<int>> Train,
    Func<ModelsRequest, Task<int>> Models,
    Func<EvaluateRequest, Task<int>> Evaluate,
    Func<EvaluateModelsRequest, Task<int>> EvaluateModels,
    Func<ReportRequest, Task<int>> Report,
    Func<AuditRequest, Task<int>> Audit,
    Func<Task<int>> Version);
