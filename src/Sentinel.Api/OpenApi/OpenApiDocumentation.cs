using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;
using Sentinel.Api.Decisions;
using Sentinel.Api.Ingest;

namespace Sentinel.Api.OpenApi;

/// <summary>
/// The document at <c>/openapi/v1.json</c>: made from the endpoints, finished here with what code does not say:
/// headers, the NDJSON body and an example for every answer.
/// </summary>
internal static class OpenApiDocumentation
{
    public static void AddSentinelOpenApi(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            Introduce(document);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, cancel) => FinishAsync(operation, context, cancel));
    });

    private static void Introduce(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Sentinel for LLM APIs",
            Version = "1",
            Description = "Finds distillation abuse in the traffic of an LLM API, and answers whether an account may "
                + "go on. Errors are problem details (RFC 9457) whose `code` is a stable identifier.",
            License = new OpenApiLicense { Name = "Apache-2.0", Identifier = "Apache-2.0" },
        };
        document.Servers = []; // Where it listens is no part of what it promises.
        if (document.Components?.Schemas?.TryGetValue("ProblemDetails", out var problem) == true
            && problem is OpenApiSchema schema)
        {
            DescribeProblem(schema);
        }
    }

    private static void DescribeProblem(OpenApiSchema schema)
    {
        schema.Description = "What went wrong (RFC 9457).";
        schema.Properties ??= new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal);
        schema.Properties["code"] = new OpenApiSchema { Type = JsonSchemaType.String };
        foreach (var (name, text) in new[]
        {
            ("type", "A link that explains the status."),
            ("title", "The status in words."),
            ("status", "The HTTP status."),
            ("detail", "What is wrong with this request, in a sentence."),
            ("instance", "Not used."),
            ("code", "Stable identifier of the problem."),
        })
        {
            if (schema.Properties[name] is OpenApiSchema property)
            {
                property.Description = text;
            }
        }
    }

    private static async Task FinishAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancel)
    {
        var name = operation.OperationId ?? "";
        if (name == "PostDecisions")
        {
            await OfferBothAnswersAsync(operation, context, cancel);
        }

        if (name == "PostExchanges")
        {
            DescribeBody(
                operation, IngestEndpoint.MediaTypes[0], OpenApiExamples.ExchangeLine,
                "One exchange.v1 object a line (schemas/exchange.v1.schema.json); gzip accepted.");
        }
        else if (OpenApiExamples.RecordOf(name) is { } record)
        {
            DescribeBody(
                operation, "application/json", record, "Records as JSON (schemas/adapters.md); gzip accepted.");
        }

        foreach (var parameter in operation.Parameters ?? [])
        {
            DescribeParameter(name, parameter);
        }

        ReportDocumentation.Finish(operation, name);

        foreach (var (status, answer) in operation.Responses ?? [])
        {
            Exemplify(name, status, (OpenApiResponse)answer);
        }
    }

    // Of several types for one status only one is found by itself.
    private static async Task OfferBothAnswersAsync(
        OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancel)
    {
        var content = ((OpenApiResponse)operation.Responses!["200"]).Content!["application/json"];
        _ = await context.GetOrCreateSchemaAsync(typeof(DecisionAnswers), null, cancel);
        content.Schema = new OpenApiSchema
        {
            OneOf =
            [
                await ReferenceAsync(typeof(DecisionAnswer), context, cancel),
                await ReferenceAsync(typeof(DecisionAnswers), context, cancel),
            ],
        };
        // Said here and not on the endpoint, where routing would look at every request's media type for it.
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                ["application/json"] = new OpenApiMediaType
                {
                    Schema = await ReferenceAsync(typeof(DecisionQuestion), context, cancel),
                    Example = OpenApiExamples.Of("DecisionQuestion"),
                },
            },
        };
    }

    private static async Task<IOpenApiSchema> ReferenceAsync(
        Type type, OpenApiOperationTransformerContext context, CancellationToken cancel)
    {
        var schema = await context.GetOrCreateSchemaAsync(type, null, cancel);
        context.Document!.AddComponent(type.Name, schema);
        return new OpenApiSchemaReference(type.Name, context.Document);
    }

    private static void DescribeBody(OpenApiOperation operation, string mediaType, string example, string description)
    {
        operation.RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Description = description,
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
            {
                [mediaType] = new OpenApiMediaType
                {
                    Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                    Example = JsonValue.Create(example),
                },
            },
        };
    }

    private static void DescribeParameter(string operation, IOpenApiParameter parameter)
    {
        if (parameter.In != ParameterLocation.Path)
        {
            return;
        }

        var (description, example) = parameter.Name switch
        {
            "account" => ("Id of the account, 1 to 128 characters, percent-encoded.", "acct-1"),
            "case" => ("Id of the case.", "case-cmp-3"),
            "appeal" => ("Id of the appeal.", "ticket-81"),
            "person" => ("Id of the person.", "ann"),
            "name" => ("Name of the view.", "mine"),
            "letter" => ("Id of the dead letter.", "soc-4711"),
            "collection" => ("Id of the collection, or the recipient's name.", "friends"),
            "stixId" => ("Id of the STIX object.", "campaign--6f5c…"),
            "format" => ("How it is written.", "stix"),
            "campaign" when operation == "GetReport" => ("Id of the campaign; 'period' for those of a period.", "cmp-3"),
            _ => ("Id of the campaign.", "cmp-3"),
        };
        parameter.Description = description;
        if (parameter is OpenApiParameter concrete)
        {
            concrete.Example = JsonValue.Create(example);
        }
    }

    private static void Exemplify(string operation, string status, OpenApiResponse answer)
    {
        answer.Description = OpenApiExamples.MeaningOf(status);
        foreach (var (mediaType, content) in answer.Content ?? new Dictionary<string, OpenApiMediaType>())
        {
            content.Example = ReportDocumentation.ExampleOf(operation, status, mediaType)
                ?? (status[0] == '2' ? OpenApiExamples.Of(operation) : OpenApiExamples.Problem(operation, status));
        }

        if (status == "200" && operation is ("GetDecision" or "PostDecisions"))
        {
            answer.Headers = OpenApiExamples.DecisionHeaders();
        }

        if (status == "503" && (operation == "PostExchanges" || OpenApiExamples.RecordOf(operation) is not null))
        {
            answer.Headers = new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal)
            {
                ["Retry-After"] = OpenApiExamples.Header("Seconds to wait before posting the same body again.", "1"),
            };
        }
    }
}
