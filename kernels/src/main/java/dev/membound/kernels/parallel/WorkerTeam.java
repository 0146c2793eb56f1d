package dev.membound.kernels.parallel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * A fixed team of threads that share one kernel call. The caller is worker 0; the others are daemon
 * threads that spin for a short while after a call, then park, so that an idle team costs nothing.
 *
 * <p>A call allocates nothing. A team serves one caller at a time; {@link #run} is not reentrant.
 */
public final class WorkerTeam implements AutoCloseable {
  /** One share of a kernel call. */
  @FunctionalInterface
  public interface Task {
    /**
     * Does the share of one worker.
     *
     * @param worker 0 to {@code workers - 1}
     * @param workers size of the team
     */
    void run(int worker, int workers);
  }

  // A call every few tens of microseconds finds its workers awake; longer pauses give the core
  // back.
  private static final long SPIN_NANOS = 50_000;
  private static final int SPINS_PER_CLOCK_READ = 64;
  // One slot a cache line pair: adjacent-line prefetch would make neighbours share.
  private static final int SLOT_STRIDE = 16;
  private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle PARKED = MethodHandles.arrayElementVarHandle(boolean[].class);
  private static final VarHandle EPOCH;
  private static final VarHandle BUSY;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      EPOCH = lookup.findVarHandle(WorkerTeam.class, "epoch", long.class);
      BUSY = lookup.findVarHandle(WorkerTeam.class, "busy", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final int size;
  private final Thread[] threads;
  private final long[] finished;
  private final boolean[] parked;

  @SuppressWarnings("unused") // through EPOCH
  private volatile long epoch;

  @SuppressWarnings("unused") // through BUSY
  private volatile boolean busy;

  private Task task;
  private volatile boolean closed;
  private volatile Throwable failure;

  private WorkerTeam(int size) {
    this.size = size;
    this.threads = new Thread[size];
    this.finished = new long[size * SLOT_STRIDE];
    this.parked = new boolean[size * SLOT_STRIDE * 8];
    for (int worker = 1; worker < size; worker++) {
      int id = worker;
      threads[worker] =
          Thread.ofPlatform().daemon().name("membound-worker-" + worker).unstarted(() -> serve(id));
    }
    if (size > 1) {
      Pinning.pinTo(0);
    }
    for (int worker = 1; worker < size; worker++) {
      threads[worker].start();
    }
  }

  /**
   * Starts a team. With {@link Pinning} on, each worker is bound to a processor of its own: the
   * caller, who should be the thread that will call {@link #run}, to the first one.
   *
   * @param size workers including the caller, at least 1
   * @throws IllegalArgumentException if {@code size} is less than 1
   */
  public static WorkerTeam of(int size) {
    if (size < 1) {
      throw new IllegalArgumentException("a team needs at least 1 worker, not " + size);
    }
    return new WorkerTeam(size);
  }

  /** Workers including the caller. */
  public int size() {
    return size;
  }

  /** Thread ids of workers 1 to size − 1, for CPU-time accounting; the caller knows its own. */
  public long[] helperThreadIds() {
    long[] ids = new long[size - 1];
    for (int worker = 1; worker < size; worker++) {
      ids[worker - 1] = threads[worker].threadId();
    }
    return ids;
  }

  /**
   * Runs {@code task} once on every worker and returns when all have finished.
   *
   * @throws IllegalStateException if the team is closed, or in a call already
   * @throws RuntimeException what a worker threw; the team stays usable
   */
  public void run(Task task) {
    if (closed) {
      throw new IllegalStateException("the worker team is closed");
    }
    if (!BUSY.compareAndSet(this, false, true)) {
      throw new IllegalStateException(
          "the worker team is in a call: run is not reentrant, nor for two threads at once");
    }
    try {
      runAll(task);
    } finally {
      BUSY.setVolatile(this, false);
    }
  }

  private void runAll(Task task) {
    if (size == 1) {
      task.run(0, 1);
      return;
    }
    this.task = task;
    long call = epoch + 1;
    EPOCH.setVolatile(this, call);
    for (int worker = 1; worker < size; worker++) {
      if ((boolean) PARKED.getVolatile(parked, worker * SLOT_STRIDE * 8)) {
        LockSupport.unpark(threads[worker]);
      }
    }
    Throwable own = null;
    try {
      task.run(0, size);
    } catch (Throwable t) {
      own = t;
    }
    for (int worker = 1; worker < size; worker++) {
      await(worker, call);
    }
    this.task = null;
    Throwable thrown = own != null ? own : failure;
    if (thrown != null) {
      failure = null;
      throw rethrown(thrown);
    }
  }

  /** First index of a worker's even share of {@code count} units, in multiples of {@code grain}. */
  public static int shareStart(int count, int grain, int worker, int workers) {
    long grains = Math.ceilDiv(count, grain);
    return (int) Math.min(count, grains * worker / workers * grain);
  }

  /** Ends the workers; not during a call. Closing twice is harmless. */
  @Override
  public void close() {
    closed = true;
    for (int worker = 1; worker < size; worker++) {
      LockSupport.unpark(threads[worker]);
    }
  }

  private void await(int worker, long call) {
    int spins = 0;
    while ((long) LONGS.getAcquire(finished, worker * SLOT_STRIDE) != call) {
      Thread.onSpinWait();
      if ((++spins & 0xFFF) == 0) {
        Thread.yield(); // a worker without a core of its own needs this one
      }
    }
  }

  private void serve(int worker) {
    Pinning.pinTo(worker);
    long done = 0;
    while (true) {
      long call = awaitCall(worker, done);
      if (call == done) {
        return; // closed
      }
      try {
        task.run(worker, size);
      } catch (Throwable t) {
        failure = t; // whatever it is: a worker that died here would hang the next call
      }
      done = call;
      LONGS.setRelease(finished, worker * SLOT_STRIDE, call);
    }
  }

  private long awaitCall(int worker, long done) {
    long call = (long) EPOCH.getVolatile(this);
    long spinUntil = 0;
    int spins = 0;
    while (call == done) {
      if (closed) {
        return (long) EPOCH.getVolatile(this); // a call that came before the close is still served
      }
      Thread.onSpinWait();
      if (++spins % SPINS_PER_CLOCK_READ == 0) {
        long now = System.nanoTime();
        if (spinUntil == 0) {
          spinUntil = now + SPIN_NANOS;
        } else if (now - spinUntil > 0) {
          park(worker, done);
        }
      }
      call = (long) EPOCH.getVolatile(this);
    }
    return call;
  }

  private void park(int worker, long done) {
    int slot = worker * SLOT_STRIDE * 8;
    PARKED.setVolatile(parked, slot, true);
    // Checked again after the flag is up: either this worker sees the call, or the caller sees the
    // flag.
    while ((long) EPOCH.getVolatile(this) == done && !closed) {
      LockSupport.park(this);
      Thread.interrupted(); // of a task that interrupted its thread: parking would not wait
    }
    PARKED.setVolatile(parked, slot, false);
  }

  /** Throws anything as it is: tasks declare no checked exception, but can throw one sneakily. */
  @SuppressWarnings("unchecked")
  private static <T extends Throwable> RuntimeException rethrown(Throwable thrown) throws T {
    throw (T) thrown;
  }
}
