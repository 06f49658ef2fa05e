namespace Sentinel.Storage;

// The .sql files that the assembly carries: migrations/NNNN_name.sql and queries/name.sql.
internal static class EmbeddedSql
{
    public static string Read(string resource)
    {
        using var stream = typeof(EmbeddedSql).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The program carries no {resource}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    public static string Query(string name) => Read($"queries/{name}.sql");
}
