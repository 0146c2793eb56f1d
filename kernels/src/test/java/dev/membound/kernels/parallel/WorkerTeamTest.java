package dev.membound.kernels.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WorkerTeamTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void everyWorkerRunsOnceACall(int size) {
    AtomicIntegerArray runs = new AtomicIntegerArray(size);
    try (WorkerTeam team = WorkerTeam.of(size)) {
      assertThat(team.size()).isEqualTo(size);
      assertThat(team.helperThreadIds()).hasSize(size - 1).doesNotHaveDuplicates();
      for (int call = 1; call <= 1000; call++) {
        team.run(
            (worker, workers) -> {
              assertThat(workers).isEqualTo(size);
              runs.incrementAndGet(worker);
            });
        for (int worker = 0; worker < size; worker++) {
          assertThat(runs.get(worker)).isEqualTo(call);
        }
      }
    }
  }

  @Test
  void whatTheCallerWroteIsSeenAndWhatWorkersWroteIsSeenAfter() {
    int[] plain = new int[3 * 64];
    try (WorkerTeam team = WorkerTeam.of(3)) {
      for (int call = 0; call < 5000; call++) {
        int expected = call;
        plain[0] = call;
        team.run((worker, workers) -> plain[(worker + 1) * 32] = plain[0] + worker);
        for (int worker = 0; worker < 3; worker++) {
          assertThat(plain[(worker + 1) * 32]).isEqualTo(expected + worker);
        }
      }
    }
  }

  @Test
  void workersParkWhenIdleAndWakeUp() throws InterruptedException {
    try (WorkerTeam team = WorkerTeam.of(3)) {
      for (int call = 0; call < 5; call++) {
        awaitParked(team);
        int[] runs = new int[3];
        team.run((worker, workers) -> runs[worker]++);
        assertThat(runs).containsOnly(1);
      }
    }
  }

  @Test
  void anIdleTeamTakesNoProcessorTime() throws InterruptedException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (WorkerTeam team = WorkerTeam.of(3)) {
      team.run((worker, workers) -> {});
      awaitParked(team);
      long before = helpersCpuNanos(threads, team);
      Thread.sleep(300);
      // Two spinning helpers would have taken up to 600 ms.
      assertThat(helpersCpuNanos(threads, team) - before).isLessThan(5_000_000);
    }
  }

  private static long helpersCpuNanos(ThreadMXBean threads, WorkerTeam team) {
    long sum = 0;
    for (long helper : team.helperThreadIds()) {
      sum += threads.getThreadCpuTime(helper);
    }
    return sum;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void rethrowsWhatAWorkerThrewAndStaysUsable(int thrower) {
    try (WorkerTeam team = WorkerTeam.of(3)) {
      for (Throwable thrown :
          new Throwable[] {
            new IllegalArgumentException("x"), new AssertionError(), new IOException()
          }) {
        assertThatThrownBy(
                () ->
                    team.run(
                        (worker, workers) -> {
                          if (worker == thrower) {
                            WorkerTeamTest.<RuntimeException>sneak(thrown);
                          }
                        }))
            .isSameAs(thrown);
        int[] runs = new int[3];
        team.run((worker, workers) -> runs[worker]++);
        assertThat(runs).containsOnly(1);
      }
    }
  }

  @Test
  void aTaskThatInterruptedItsThreadLeavesAnIdleTeam() throws InterruptedException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (WorkerTeam team = WorkerTeam.of(2)) {
      team.run(
          (worker, workers) -> {
            if (worker == 1) {
              Thread.currentThread().interrupt();
            }
          });
      awaitParked(team);
      long before = helpersCpuNanos(threads, team);
      Thread.sleep(300);
      assertThat(helpersCpuNanos(threads, team) - before).isLessThan(5_000_000);
    }
  }

  @Test
  void refusesTheCallOfASecondThread() throws InterruptedException {
    try (WorkerTeam team = WorkerTeam.of(2)) {
      AtomicInteger refused = new AtomicInteger();
      AtomicInteger done = new AtomicInteger();
      Runnable caller =
          () -> {
            for (int call = 0; call < 20_000; call++) {
              try {
                team.run((worker, workers) -> done.incrementAndGet());
              } catch (IllegalStateException e) {
                refused.incrementAndGet();
              }
            }
          };
      Thread other = new Thread(caller);
      other.setDaemon(true); // a team that hangs must not keep the process
      other.start();
      caller.run();
      other.join(30_000);
      assertThat(other.isAlive()).isFalse();
      assertThat(done.get() / 2 + refused.get()).isEqualTo(40_000);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void refusesACallWithinACall(int size) {
    try (WorkerTeam team = WorkerTeam.of(size)) {
      assertThatIllegalStateException()
          .isThrownBy(() -> team.run((worker, workers) -> team.run((w, n) -> {})))
          .withMessageContaining("not reentrant");
      team.run((worker, workers) -> {});
    }
  }

  @Test
  void closeEndsTheThreadsSpinningOrParked() throws InterruptedException {
    WorkerTeam spinning = WorkerTeam.of(3);
    spinning.run((worker, workers) -> {});
    long[] spinningIds = spinning.helperThreadIds();
    WorkerTeam parked = WorkerTeam.of(3);
    long[] parkedIds = parked.helperThreadIds();
    awaitParked(parked);

    spinning.close();
    parked.close();
    parked.close();

    awaitEnd(spinningIds);
    awaitEnd(parkedIds);
    assertThatIllegalStateException()
        .isThrownBy(() -> parked.run((worker, workers) -> {}))
        .withMessage("the worker team is closed");
  }

  @Test
  void aCallAllocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (WorkerTeam team = WorkerTeam.of(3)) {
      int[] runs = new int[3 * 32];
      WorkerTeam.Task task = (worker, workers) -> runs[worker * 32]++;
      long[] helpers = team.helperThreadIds();
      runMany(team, task);
      long before = allocated(threads, helpers);
      runMany(team, task);
      assertThat(allocated(threads, helpers) - before).isLessThan(1000); // 10,000 calls
    }
  }

  private static void runMany(WorkerTeam team, WorkerTeam.Task task) {
    for (int call = 0; call < 10_000; call++) {
      team.run(task);
    }
  }

  private static long allocated(ThreadMXBean threads, long[] helpers) {
    long sum = threads.getCurrentThreadAllocatedBytes();
    for (long helper : helpers) {
      sum += threads.getThreadAllocatedBytes(helper);
    }
    return sum;
  }

  @Test
  void refusesAnEmptyTeam() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> WorkerTeam.of(0))
        .withMessage("a team needs at least 1 worker, not 0");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void sharesCoverEveryUnitOnceInWholeGrains(int workers) {
    for (int count : new int[] {0, 1, 7, 64, 4097}) {
      for (int grain : new int[] {1, 4, 32}) {
        assertThat(WorkerTeam.shareStart(count, grain, 0, workers)).isZero();
        assertThat(WorkerTeam.shareStart(count, grain, workers, workers)).isEqualTo(count);
        for (int worker = 0; worker < workers; worker++) {
          int start = WorkerTeam.shareStart(count, grain, worker, workers);
          int end = WorkerTeam.shareStart(count, grain, worker + 1, workers);
          assertThat(start).isLessThanOrEqualTo(end);
          assertThat(start % grain == 0 || start == count).isTrue();
          assertThat(end - start).isLessThanOrEqualTo((count / grain / workers + 2) * grain);
        }
      }
    }
  }

  private static void awaitParked(WorkerTeam team) throws InterruptedException {
    for (long id : team.helperThreadIds()) {
      while (stateOf(id) != Thread.State.WAITING) {
        Thread.sleep(1);
      }
    }
  }

  private static void awaitEnd(long[] ids) throws InterruptedException {
    for (long id : ids) {
      while (stateOf(id) != Thread.State.TERMINATED) {
        Thread.sleep(1);
      }
    }
  }

  private static Thread.State stateOf(long id) {
    var info = ManagementFactory.getThreadMXBean().getThreadInfo(id);
    return info == null ? Thread.State.TERMINATED : info.getThreadState();
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> void sneak(Throwable thrown) throws T {
    throw (T) thrown;
  }
}
