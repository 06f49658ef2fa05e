using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Sentinel.Detection.Observations;
using Sentinel.Detection.Verdicts;
using Sentinel.FakeClickHouse;
using Sentinel.Storage.Http;
using Sentinel.Storage.Lanes;
using Sentinel.Storage.Queries;
using Sentinel.Testing;

namespace Sentinel.Storage.Tests;

[Collection(OneEngine.Name)]
public sealed class HttpClickHouseTests(StoreEngine fixture)
{
    private static readonly InsertTarget IntoT = new("INSERT INTO t (a)", ClickHouseFormat.RowBinary, Token: "");

    [Fact]
    public async Task Query_ParametersOfEveryKind_ArriveAsTheyAre()
    {
        await using var scope = await HttpScope.OpenAsync(fixture);
        const string Text = "it's \\ a\ttab\n, 100 % & more = ä, or 1=1 --";
        Assert.Equal(Text, await scope.Http.TextAsync("SELECT {p:String} LIMIT 1", SqlParameter.Of("p", Text)));
        Assert.Equal(
            "-5,18446744073709551615",
            await scope.Http.TextAsync(
                "SELECT concat(toString({a:Int64}), ',', toString({b:UInt64})) LIMIT 1",
                SqlParameter.Of("a", -5L), SqlParameter.Of("b", ulong.MaxValue)));
    }

    [Theory]
    [InlineData(WireCompression.None)]
    [InlineData(WireCompression.Lz4)]
    [InlineData(WireCompression.Gzip)]
    public async Task LaneStore_OverHttp_RecoversWhatItWrote(WireCompression compression)
    {
        const int Rows = 20_000;
        await using var scope = await HttpScope.OpenMigratedAsync(fixture, o => o with { Compression = compression });
        await using (var store = await LaneStore.OpenAsync(scope.Http, 0, CancellationToken.None))
        {
            await AppendAsync(store, from: 0, Rows, blockRows: 7_000);
            store.Append(Sample.VerdictOf(0, 3, Sample.AccountOf(3), VerdictLevel.Suspect, 0.9));
            await store.CommitAsync(CancellationToken.None);
        }

        await using var again = await LaneStore.OpenAsync(scope.Http, 0, CancellationToken.None);
        var next = 0UL;
        Assert.Equal(Rows, await again.RecoverAsync(
            found => Assert.Equal(Sample.Describe(next++), Sample.Describe(found)), CancellationToken.None));
        var verdict = await new AccountReader(scope.Http).FindVerdictAsync(Sample.AccountOf(3), CancellationToken.None);
        Assert.Equal(VerdictLevel.Suspect, verdict!.Level);
        Assert.DoesNotContain(scope.Server.Requests.Addresses, address =>
            address.Contains("pass", StringComparison.Ordinal) || address.Contains("&user=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Insert_AnswerLost_IsThereOnce()
    {
        await using var scope = await HttpScope.OpenMigratedAsync(fixture);
        await using var store = await LaneStore.OpenAsync(scope.Http, 0, CancellationToken.None);
        scope.Server.Faults.Add(ServerFault.AnswerLost, ServerFault.AnswerLost);
        await AppendAsync(store, from: 0, count: 500, blockRows: 500);
        Assert.Equal(500UL, await scope.Database.NumberAsync("SELECT count() FROM exchanges LIMIT 1"));
        Assert.Equal(500UL, await scope.Database.NumberAsync("SELECT sum(exchanges) FROM exchanges_by_hour LIMIT 1"));
    }

    [Theory]
    [InlineData(ServerFault.Cut)]
    [InlineData(ServerFault.Unavailable)]
    [InlineData(ServerFault.TooManyParts)]
    [InlineData(ServerFault.Slow)]
    public async Task Insert_PassingFailures_AreRiddenOut(ServerFault fault)
    {
        await using var scope = await HttpScope.OpenAsync(
            fixture, options => options with { InsertTimeMax = TimeSpan.FromMilliseconds(900) });
        await scope.Database.ExecuteAsync(
            """
            CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY a SETTINGS non_replicated_deduplication_window = 10
            """,
            [],
            CancellationToken.None);
        var outages = new List<ClickHouseOutage>();
        scope.Http.OutageChanged += outages.Add;
        scope.Server.Faults.Add(fault, fault);
        await scope.Http.InsertAsync(IntoT, [new byte[] { 1 }], CancellationToken.None);
        Assert.Equal(1UL, await scope.Database.NumberAsync("SELECT count() FROM t LIMIT 1"));
        Assert.True(outages.Count >= 3, $"{outages.Count} reports.");
        Assert.True(outages[^1].IsOver);
        Assert.DoesNotContain(outages[..^1], outage => outage.IsOver);
        Assert.All(outages, outage => Assert.DoesNotContain("INSERT", outage.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Insert_ServerAwayTooLong_SaysSo()
    {
        await using var scope = await HttpScope.OpenAsync(
            fixture, options => options with { UnavailableMax = TimeSpan.FromMilliseconds(300) });
        scope.Server.Faults.IsAway = true;
        var failure = await Assert.ThrowsAsync<ClickHouseUnavailableException>(
            () => scope.Http.InsertAsync(IntoT, [new byte[] { 1 }], CancellationToken.None));
        Assert.Contains("cannot be reached", failure.Message, StringComparison.Ordinal);
        Assert.True(scope.Server.RequestCount > 1);
    }

    [Fact]
    public async Task Query_PassingFailures_AreTriedAgainAFewTimes()
    {
        await using var scope = await HttpScope.OpenAsync(fixture);
        scope.Server.Faults.Add(ServerFault.Cut, ServerFault.HalfAnswer, ServerFault.Unavailable);
        Assert.Equal(100UL, await scope.Http.NumberAsync("SELECT toUInt64(100) LIMIT 1"));
        scope.Server.Faults.IsAway = true;
        await Assert.ThrowsAsync<ClickHouseUnavailableException>(
            () => scope.Http.NumberAsync("SELECT toUInt64(100) LIMIT 1"));
        Assert.Equal(4 + 4, scope.Server.RequestCount);
    }

    [Fact]
    public async Task Query_WrongSql_ThrowsClickHousesOwnWords()
    {
        await using var scope = await HttpScope.OpenAsync(fixture);
        var failure = await Assert.ThrowsAsync<ClickHouseException>(
            () => scope.Http.NumberAsync("SELECT count() FROM no_such_table LIMIT 1"));
        Assert.Equal(60, failure.Code);
        Assert.Contains("no_such_table", failure.Message, StringComparison.Ordinal);
        Assert.Equal(1, scope.Server.RequestCount);
    }

    [Fact]
    public async Task Call_WrongPassword_IsOneClearSentenceAtOnce()
    {
        await using var scope = await HttpScope.OpenAsync(fixture, options => options with { Password = "secret-1" });
        var failure = await Assert.ThrowsAsync<ClickHouseException>(
            () => scope.Http.InsertAsync(IntoT, [new byte[] { 1 }], CancellationToken.None));
        Assert.Contains(
            "refuses the user sentinel: wrong user or password.", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-1", failure.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, scope.Server.RequestCount);
    }

    [Fact]
    public async Task Call_UnknownDatabase_SaysWhichKey()
    {
        await using var scope = await HttpScope.OpenAsync(fixture, options => options with { Database = "elsewhere" });
        var failure = await Assert.ThrowsAsync<ClickHouseException>(
            () => scope.Http.NumberAsync("SELECT toUInt64(1) LIMIT 1"));
        Assert.Contains("no database elsewhere", failure.Message, StringComparison.Ordinal);
        Assert.Contains("ClickHouse:Database", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_NobodyListens_SaysWhere()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var url = $"http://{listener.LocalEndpoint}";
        listener.Stop();
        await using var http = Open(new HttpClickHouseOptions { Url = url, RetriesMax = 0 });
        var failure = await Assert.ThrowsAsync<ClickHouseUnavailableException>(
            () => http.NumberAsync("SELECT toUInt64(1) LIMIT 1"));
        Assert.StartsWith($"ClickHouse at {url} cannot be reached: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_OwnAuthority_IsTrustedWhenNamedAndRefusedWhenNot()
    {
        await using var database = fixture.OpenEmpty(out var name);
        using var certificate = OwnCertificate();
        await using var server = await FakeClickHouseServer.StartAsync(database, name, certificate);
        var caFile = Path.GetTempFileName();
        await File.WriteAllTextAsync(caFile, certificate.ExportCertificatePem());
        var options = new HttpClickHouseOptions
        {
            Url = server.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal),
            Database = name,
            User = FakeClickHouseServer.User,
            Password = FakeClickHouseServer.Password,
            CaFile = caFile,
        };
        await using (var trusting = Open(options))
        {
            Assert.Equal(3UL, await trusting.NumberAsync("SELECT toUInt64(3) LIMIT 1"));
        }

        await using var strict = Open(options with { CaFile = "" });
        var failure = await Assert.ThrowsAsync<ClickHouseException>(
            () => strict.NumberAsync("SELECT toUInt64(3) LIMIT 1"));
        Assert.Contains("cannot be trusted", failure.Message, StringComparison.Ordinal);
        Assert.Contains("ClickHouse:CaFile", failure.Message, StringComparison.Ordinal);
        File.Delete(caFile);
    }

    [Fact]
    public void Faults_WrongOptions_NameEveryKey()
    {
        var faults = new HttpClickHouseOptions
        {
            Url = "http://user:pass@host:8123/?a=b",
            Database = "a; DROP",
            Cluster = "x'y",
            User = "",
            Password = "p",
            PasswordFile = "/nowhere",
            CaFile = "/nowhere",
            ConnectionsMax = 0,
            RetriesMax = -1,
            UnavailableMax = TimeSpan.Zero,
        }.Faults();
        foreach (var key in (string[])
            [
                "Url", "Database", "Cluster", "User", "PasswordFile", "CaFile", "ConnectionsMax", "RetriesMax",
                "UnavailableMax",
            ])
        {
            Assert.Contains(faults, fault => fault.StartsWith($"ClickHouse:{key} ", StringComparison.Ordinal));
        }

        Assert.Empty(new HttpClickHouseOptions().Faults());
        var told = new HttpClickHouseOptions { Password = "hush" }.ToString();
        Assert.DoesNotContain("hush", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lane_UnderFailuresByChance_LosesAndDoublesNothing()
    {
        const int Rows = 30_000;
        await using var scope = await HttpScope.OpenMigratedAsync(fixture);
        scope.Server.Faults.FailByChance(percent: 30, seed: 20261122);
        await using (var store = await LaneStore.OpenAsync(scope.Http, 0, CancellationToken.None))
        {
            await AppendAsync(store, from: 0, Rows, blockRows: 1_000);
        }

        Assert.Equal((ulong)Rows, await scope.Database.NumberAsync("SELECT count() FROM exchanges LIMIT 1"));
        Assert.Equal(
            (ulong)Rows, await scope.Database.NumberAsync("SELECT sum(exchanges) FROM exchanges_by_hour LIMIT 1"));
    }

    private static HttpClickHouse Open(HttpClickHouseOptions options) =>
        new(options, TimeProvider.System, new Random(1));

    private static X509Certificate2 OwnCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = DateTimeOffset.UtcNow;
        using var own = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(own.Export(X509ContentType.Pkcs12), password: null);
    }

    private static async Task AppendAsync(LaneStore store, int from, int count, int blockRows)
    {
        var observation = new Observation();
        var commits = new List<Task>();
        for (var i = 0; i < count; i++)
        {
            Sample.Fill(observation, (ulong)(from + i));
            store.Append(observation);
            if (store.PendingRows == blockRows)
            {
                commits.Add(store.CommitAsync(CancellationToken.None));
            }
        }

        commits.Add(store.CommitAsync(CancellationToken.None));
        await Task.WhenAll(commits);
    }
}
