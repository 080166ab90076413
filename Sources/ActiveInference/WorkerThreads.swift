#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Threads that run one function each, and end with it.
///
/// Threads of their own, not of a pool: they are as many as were asked for, and they may wait.
@usableFromInline
package final class WorkerThreads {
  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  #if canImport(Darwin)
    private var threads: [pthread_t?] = []
  #else
    private var threads: [pthread_t] = []
  #endif

  /// Starts so many threads, or as many of them as the system has room for.
  @usableFromInline
  package init(_ count: Int, _ run: @escaping @Sendable () -> Void) {
    let body = Body(run)
    for _ in 0..<count {
      #if canImport(Darwin)
        var thread: pthread_t?
      #else
        var thread = pthread_t()
      #endif
      let context = Unmanaged.passRetained(body)
      let failure = pthread_create(
        &thread, nil,
        { context in
          WorkerThreads.enter(context)
          return nil
        }, context.toOpaque())
      guard failure == 0 else {
        context.release()
        return
      }
      threads.append(thread)
    }
  }

  private static func enter(_ context: UnsafeMutableRawPointer?) {
    guard let context else { return }
    Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
  }

  /// Waits until all have ended.
  @usableFromInline
  package func join() {
    for thread in threads {
      #if canImport(Darwin)
        guard let thread else { continue }
      #endif
      pthread_join(thread, nil)
    }
    threads = []
  }
}

/// A lock on whose conditions threads can wait, and that the thread sanitizer sees, which is what
/// `Synchronization.Mutex` lacks.
package final class ThreadLock {
  /// Something that threads wait for.
  final class Condition {
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    init() {
      condition = .allocate(capacity: 1)
      condition.initialize(to: pthread_cond_t())
      pthread_cond_init(condition, nil)
    }

    deinit {
      pthread_cond_destroy(condition)
      condition.deallocate()
    }

    /// Waits with the lock released; it may have been woken for nothing.
    func wait(_ lock: ThreadLock) { pthread_cond_wait(condition, lock.mutex) }
    func wakeOne() { pthread_cond_signal(condition) }
    func wakeAll() { pthread_cond_broadcast(condition) }
  }

  private let mutex: UnsafeMutablePointer<pthread_mutex_t>

  package init() {
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  package func acquire() { pthread_mutex_lock(mutex) }
  package func release() { pthread_mutex_unlock(mutex) }
}
