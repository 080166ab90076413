/// What this build is called.
public enum Build {
  /// The version of the library.
  public static let version = "0.1.0"

  /// How it was compiled: configuration, language, platform.
  public static var platform: String {
    #if DEBUG
      let configuration = "debug"
    #else
      let configuration = "release"
    #endif
    #if os(Linux)
      let system = "Linux"
    #elseif os(macOS)
      let system = "macOS"
    #else
      let system = "another system"
    #endif
    #if arch(x86_64)
      let processor = "x86_64"
    #elseif arch(arm64)
      let processor = "arm64"
    #else
      let processor = "another processor"
    #endif
    return "\(configuration), \(system) \(processor)"
  }
}
