import Foundation
import Synchronization

#if !THREAD_SANITIZER
  /// A value protected by a lock, the standard library's `Mutex`: one thread at a time has access.
  package typealias Lock<Value: ~Copyable> = Mutex<Value>
#else
  /// The same interface on a POSIX mutex, for builds with the thread sanitizer. The sanitizer does
  /// not recognize the standard library's `Mutex` and would report every access as a race.
  package struct Lock<Value: ~Copyable>: ~Copyable, @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let value = UnsafeMutablePointer<Value>.allocate(capacity: 1)

    package init(_ initial: consuming sending Value) {
      pthread_mutex_init(mutex, nil)
      value.initialize(to: initial)
    }

    deinit {
      pthread_mutex_destroy(mutex)
      value.deinitialize(count: 1)
      mutex.deallocate()
      value.deallocate()
    }

    package borrowing func withLock<Result: ~Copyable, Failure: Error>(
      _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      return try body(&value.pointee)
    }
  }
#endif
