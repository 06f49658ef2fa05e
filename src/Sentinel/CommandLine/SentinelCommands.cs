using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Sentinel.Hosting.CommandLine;

/// <summary>The grammar of the command line: verbs and options as the outside contract names them.</summary>
internal static class SentinelCommands
{
    private const string Examples = """
        Examples:
          sentinel demo
              play mixed traffic, show what is found in it, and serve the API
          sentinel replay --input day.jsonl.gz --verdicts verdicts.jsonl --campaigns campaigns.jsonl
              judge a file of exchanges
          cat day.jsonl | sentinel replay --input - --summary summary.json
              the same from standard input
          sentinel score --input prompts.jsonl --out scores.jsonl
              content scores alone
          sentinel serve --data ./sentinel-data
              take exchanges and answer decisions over HTTP
          sentinel simulate --recipe all --seed 1 --scale 0.1 --out ./played
              play innocents and campaigns into files, with the truth about every account
          sentinel evaluate --traffic ./seed-1,./seed-2 --detector all --out ./report
              hold what it and published detectors find against the truth
          sentinel report cmp-3 --format pdf --out cmp-3.pdf
              write an incident report on a campaign
          sentinel models verify
              check the classifiers: hashes, graphs, golden cases
        """;

    /// <summary>The root command with all verbs.</summary>
    public static RootCommand Build(VerbActions actions)
    {
        var root = new RootCommand("Finds distillation abuse in the traffic of an LLM API.")
        {
            ReplayVerb.Build(actions),
            ScoreVerb.Build(actions),
            ServeVerb.Build(actions),
            DemoVerb.Build(actions),
            SimulateVerb.Build(actions),
            TrainVerb.Build(actions),
            ModelsVerb.Build(actions),
            EvaluateVerb.Build(actions),
            ReportVerb.Build(actions),
            AuditVerb.Build(actions),
            VersionVerb.Build(actions),
        };
        foreach (var help in root.Options.OfType<HelpOption>())
        {
            help.Action = new HelpWithExamples((HelpAction)help.Action!);
        }

        return root;
    }

    private sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            var code = help.Invoke(parseResult);
            if (parseResult.CommandResult.Command is RootCommand)
            {
                parseResult.InvocationConfiguration.Output.WriteLine(Examples);
            }

            return code;
        }
    }
}
