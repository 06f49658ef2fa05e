using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sentinel.Storage.Http;

// Builds requests. User and password travel in headers: addresses end up in the logs of servers and proxies.
internal sealed class ServerRequests(HttpClickHouseOptions options)
{
    private readonly Uri _url = new(options.Url);
    private readonly string _password = options.ReadPassword();

    /// <summary>A query: the SQL is the body.</summary>
    public HttpRequestMessage Query(string sql, string format, ImmutableArray<SqlParameter> parameters)
    {
        var address = Begin().Append("&default_format=").Append(Uri.EscapeDataString(format));
        Add(address, parameters);

        // 16 MiB held back for its end cover most results, and a failure half-way comes with a status of its own.
        Set(address, "wait_end_of_query", 1);
        Set(address, "buffer_size", 16 << 20);
        Set(address, "max_execution_time", (long)Math.Ceiling(options.QueryTimeMax.TotalSeconds));
        if (options.Cluster.Length > 0)
        {
            // A subquery about members or keys is answered by the whole cluster, not by each shard for itself.
            address.Append("&distributed_product_mode=global");
        }

        return Post(address, new StringContent(sql, Encoding.UTF8));
    }

    /// <summary>A query whose result is read as it comes.</summary>
    public HttpRequestMessage Export(
        string sql, string format, ImmutableArray<SqlParameter> parameters, TimeSpan timeMax)
    {
        var address = Begin().Append("&default_format=").Append(Uri.EscapeDataString(format));
        Add(address, parameters);
        Set(address, "max_execution_time", (long)timeMax.TotalSeconds);
        Set(address, "output_format_parquet_row_group_size", 1 << 17);
        address.Append("&format_csv_null_representation=");
        if (options.Cluster.Length > 0)
        {
            address.Append("&distributed_product_mode=global");
        }

        return Post(address, new StringContent(sql, Encoding.UTF8));
    }

    /// <summary>A statement without a result.</summary>
    public HttpRequestMessage Statement(string sql, ImmutableArray<SqlParameter> parameters)
    {
        var address = Begin();
        Add(address, parameters);
        Set(address, "wait_end_of_query", 1);
        if (options.Cluster.Length > 0)
        {
            address.Append("&distributed_ddl_output_mode=throw");
            Set(address, "distributed_ddl_task_timeout", (long)options.InsertTimeMax.TotalSeconds / 2);
        }

        return Post(address, new StringContent(sql, Encoding.UTF8));
    }

    /// <summary>An insert: the SQL is in the address, the block is the body.</summary>
    public HttpRequestMessage Insert(InsertTarget target, IReadOnlyList<ReadOnlyMemory<byte>> body)
    {
        var address = Begin().Append("&query=")
            .Append(Uri.EscapeDataString($"{target.Into} FORMAT {target.Format}"));

        // One block becomes one part: no queue before the table, no split below a million rows, and an answer only
        // when it is written, on whichever shard.
        Set(address, "wait_end_of_query", 1);
        Set(address, "async_insert", 0);
        Set(address, "max_insert_block_size", 1 << 20);
        Set(address, "min_insert_block_size_rows", 1 << 20);
        Set(address, "min_insert_block_size_bytes", 512L << 20);
        Set(address, "insert_distributed_sync", 1);
        Set(address, "insert_deduplicate", 1);
        Set(address, "deduplicate_blocks_in_dependent_materialized_views", 1);
        if (!options.IsPlain)
        {
            var token = target.Token.Length > 0 ? target.Token : ContentToken(body);
            address.Append("&insert_deduplication_token=").Append(Uri.EscapeDataString(token));
        }

        return Post(address, new BlockContent(body, options.Compression));
    }

    private static string ContentToken(IReadOnlyList<ReadOnlyMemory<byte>> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < body.Count; i++)
        {
            hash.AppendData(body[i].Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Add(StringBuilder address, ImmutableArray<SqlParameter> parameters)
    {
        foreach (var parameter in parameters)
        {
            address.Append("&param_").Append(Uri.EscapeDataString(parameter.Name))
                .Append('=').Append(Uri.EscapeDataString(parameter.Wire));
        }
    }

    private StringBuilder Begin() => new StringBuilder("/?database=").Append(Uri.EscapeDataString(options.Database));

    private void Set(StringBuilder address, string name, long value)
    {
        if (!options.IsPlain)
        {
            address.Append('&').Append(name).Append('=').Append(value.ToString(CultureInfo.InvariantCulture));
        }
    }

    private HttpRequestMessage Post(StringBuilder address, HttpContent content)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_url, address.ToString())) { Content = content };
        request.Headers.TryAddWithoutValidation("X-ClickHouse-User", options.User);
        if (_password.Length > 0)
        {
            request.Headers.TryAddWithoutValidation("X-ClickHouse-Key", _password);
        }

        return request;
    }
}
