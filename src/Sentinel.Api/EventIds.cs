namespace Sentinel.Api;

/// <summary>Ids of the log events of this project; never reused. 4000 to 4999 are the API's.</summary>
internal static class EventIds
{
    public const int RequestFailed = 4001;
    public const int IngestBusy = 4002;
    public const int KillSwitch = 4003;
    public const int GatewaysRefused = 4004;
    public const int KeysInForce = 4005;
    public const int KeysRefused = 4006;
    public const int DecisionsNotLogged = 4007;
    public const int WorkloadRecorded = 4008;
    public const int WorkloadsRefused = 4009;
    public const int WorkloadsNotRead = 4010;
    public const int CalibrationParted = 4011;
    public const int CalibrationNotMeasured = 4012;
    public const int AdministratorMade = 4020;
    public const int SetUpShown = 4021;
    public const int CasesOpened = 4022;
    public const int CasesNotOpened = 4023;
    public const int RulingsNotRead = 4024;
    public const int WebhookGivenUp = 4030;
    public const int WebhooksNotRead = 4031;
    public const int WebhooksTakenOver = 4032;
    public const int WebhooksLetGo = 4033;
}
