namespace Sentinel.Hosting;

/// <summary>Ids of the log events of this project; never reused. 5000 to 5999 are the program's.</summary>
internal static class EventIds
{
    public const int StoreOpened = 5001;
    public const int Recovered = 5002;
    public const int Draining = 5003;
    public const int Stopped = 5004;
    public const int LaneFailed = 5005;
    public const int BoardFull = 5006;
    public const int LaneCannotStart = 5007;
    public const int RolesReady = 5008;
    public const int KafkaTold = 5009;
    public const int LaneTold = 5010;
    public const int StoreAway = 5011;
    public const int StoreBack = 5012;
    public const int FeedRowUnusable = 5013;
    public const int ModelChosen = 5014;
    public const int ModelReplaced = 5015;
    public const int ModelUnchanged = 5016;
    public const int ModelRefused = 5017;
    public const int SettingsRead = 5018;
    public const int SettingsRefused = 5019;
}
