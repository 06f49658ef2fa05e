using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Sentinel.Api.Ingest;
using Sentinel.Api.Review;
using Sentinel.Hosting.Serving.Cluster;

namespace Sentinel.Hosting.Serving;

/// <summary>What works behind the web server: one lane over a folder, or roles over Kafka.</summary>
internal sealed class ServingWork
{
    private readonly LaneSource? _lane;
    private readonly ClusterOptions? _cluster;

    /// <summary>One lane that does everything.</summary>
    public ServingWork(LaneSource lane) => (_lane, Roles) = (lane, ServeRoles.All);

    /// <summary>Roles over Kafka.</summary>
    public ServingWork(ClusterOptions cluster) => (_cluster, Roles) = (cluster, cluster.Roles);

    /// <summary>What the process does.</summary>
    public ServeRoles Roles { get; }

    /// <summary>Registers it.</summary>
    public void Add(IServiceCollection services)
    {
        if (_cluster is not null)
        {
            services.AddSingleton(_cluster);
            services.AddSingleton<BoardFeed>();
            services.AddSingleton<KafkaRoad>();
            services.AddSingleton<IRulingRoad>(static all => all.GetRequiredService<KafkaRoad>());
            services.AddSingleton<RecordWriterIntake>();
            services.AddSingleton<IExchangeIntake>(static all => all.GetRequiredService<RecordWriterIntake>());
            AddHost<ClusterHost>(services);
            return;
        }

        services.AddSingleton(_lane!);
        services.AddSingleton<LaneIntake>();
        services.AddSingleton<IExchangeIntake>(static all => all.GetRequiredService<LaneIntake>());
        AddHost<LaneHost>(services);
    }

    private static void AddHost<THost>(IServiceCollection services)
        where THost : class, IHostedService, IServingHost
    {
        services.AddSingleton<THost>();
        services.AddHostedService(static all => all.GetRequiredService<THost>());
        services.AddSingleton<IServingHost>(static all => all.GetRequiredService<THost>());
    }
}
