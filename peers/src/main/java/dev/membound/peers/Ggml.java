package dev.membound.peers;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BOOLEAN;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.membound.kernels.memory.OffHeap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;

/**
 * The ggml inside de.kherud:llama (an AVX2 build of June 2025), driven through FFM: one context
 * with one operator's tensors, and its graph. The context's memory is ours, so ggml gets the same
 * huge pages as our kernels.
 *
 * <p>Declarations: ggml {@code include/ggml.h} and {@code include/ggml-cpu.h}. ggml ends the
 * process when a tensor does not fit, so callers check shapes first.
 */
final class Ggml implements AutoCloseable {
  /** Type ids of {@code enum ggml_type}; those of weights are {@code QuantType.ggufId}. */
  static final int F32 = 0;

  private static final String LIBRARY = "de/kherud/llama/Linux/x86_64/libjllama.so";

  /** Tensor headers, the graph, alignment. */
  private static final long OVERHEAD_BYTES = 1 << 20;

  private static final StructLayout INIT_PARAMS =
      MemoryLayout.structLayout(
          JAVA_LONG.withName("mem_size"),
          ADDRESS.withName("mem_buffer"),
          JAVA_BOOLEAN.withName("no_alloc"),
          MemoryLayout.paddingLayout(7));
  private static final StructLayout PLAN =
      MemoryLayout.structLayout(
          JAVA_LONG.withName("work_size"),
          ADDRESS.withName("work_data"),
          JAVA_INT.withName("n_threads"),
          MemoryLayout.paddingLayout(4),
          ADDRESS.withName("threadpool"),
          ADDRESS.withName("abort_callback"),
          ADDRESS.withName("abort_callback_data"));
  private static final long WORK_DATA =
      PLAN.byteOffset(MemoryLayout.PathElement.groupElement("work_data"));

  /** The library's functions, bound once a process. */
  private static final class Api {
    static final Api LOADED = new Api();

    final MethodHandle init;
    final MethodHandle free;
    final MethodHandle newTensor;
    final MethodHandle data;
    final MethodHandle mulMat;
    final MethodHandle flashAttention;
    final MethodHandle newGraph;
    final MethodHandle expand;
    final MethodHandle plan;
    final MethodHandle compute;

    Api() {
      NativeLibrary library = NativeLibrary.open("ggml", LIBRARY);
      try {
        library.procedure("ggml_cpu_init").invokeExact();
      } catch (Throwable t) {
        throw new AssertionError("ggml_cpu_init cannot throw", t);
      }
      init = library.function("ggml_init", ADDRESS, INIT_PARAMS);
      free = library.procedure("ggml_free", ADDRESS);
      newTensor =
          library.function(
              "ggml_new_tensor_3d", ADDRESS, ADDRESS, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
      data = library.function("ggml_get_data", ADDRESS, ADDRESS);
      mulMat = library.function("ggml_mul_mat", ADDRESS, ADDRESS, ADDRESS, ADDRESS);
      flashAttention =
          library.function(
              "ggml_flash_attn_ext",
              ADDRESS,
              ADDRESS,
              ADDRESS,
              ADDRESS,
              ADDRESS,
              ADDRESS,
              JAVA_FLOAT,
              JAVA_FLOAT,
              JAVA_FLOAT);
      newGraph = library.function("ggml_new_graph", ADDRESS, ADDRESS);
      expand = library.procedure("ggml_build_forward_expand", ADDRESS, ADDRESS);
      plan = library.function("ggml_graph_plan", PLAN, ADDRESS, JAVA_INT, ADDRESS);
      compute = library.function("ggml_graph_compute", JAVA_INT, ADDRESS, ADDRESS);
    }
  }

  /** A tensor of a context. */
  record Tensor(MemorySegment handle, MemorySegment data) {}

  private final Api api;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment context;
  private MemorySegment graph;
  private MemorySegment plan;

  /**
   * @param tensorBytes of all the tensors that will be made
   */
  Ggml(long tensorBytes) {
    try {
      api = Api.LOADED;
    } catch (ExceptionInInitializerError e) {
      if (e.getCause() instanceof PeerUnavailableException unavailable) {
        throw unavailable;
      }
      throw e;
    }
    long bytes = tensorBytes + OVERHEAD_BYTES;
    MemorySegment parameters = arena.allocate(INIT_PARAMS);
    parameters.set(JAVA_LONG, 0, bytes);
    parameters.set(ADDRESS, Long.BYTES, OffHeap.allocate(arena, bytes));
    context = address(() -> (MemorySegment) api.init.invokeExact(parameters));
  }

  /**
   * A tensor in the context.
   *
   * @param type of {@code enum ggml_type}
   * @param bytes that it takes
   * @param ne0 fastest dimension
   */
  Tensor tensor(int type, long bytes, long ne0, long ne1, long ne2) {
    MemorySegment handle =
        address(() -> (MemorySegment) api.newTensor.invokeExact(context, type, ne0, ne1, ne2));
    return withData(handle, bytes);
  }

  /** {@code weights · x}: one result a row of weights. */
  Tensor mulMat(Tensor weights, Tensor x, long resultBytes) {
    return withData(
        address(() -> (MemorySegment) api.mulMat.invokeExact(context, weights.handle, x.handle)),
        resultBytes);
  }

  /** Flash attention without mask, bias or soft cap. */
  Tensor flashAttention(Tensor q, Tensor k, Tensor v, float scale, long resultBytes) {
    return withData(
        address(
            () ->
                (MemorySegment)
                    api.flashAttention.invokeExact(
                        context, q.handle, k.handle, v.handle, MemorySegment.NULL, scale, 0f, 0f)),
        resultBytes);
  }

  /** Plans the one call that {@link #compute} repeats. */
  void plan(Tensor result, int threads) {
    graph = address(() -> (MemorySegment) api.newGraph.invokeExact(context));
    plan =
        address(
            () -> {
              api.expand.invokeExact(graph, result.handle);
              return (MemorySegment)
                  api.plan.invokeExact(
                      (SegmentAllocator) arena, graph, threads, MemorySegment.NULL);
            });
    long workBytes = plan.get(JAVA_LONG, 0);
    plan.set(ADDRESS, WORK_DATA, OffHeap.allocate(arena, workBytes));
  }

  void compute() {
    int status;
    try {
      status = (int) api.compute.invokeExact(graph, plan);
    } catch (Throwable t) {
      throw new AssertionError("ggml_graph_compute cannot throw", t);
    }
    if (status != 0) {
      throw new IllegalStateException("ggml_graph_compute failed with status " + status);
    }
  }

  @Override
  public void close() {
    try {
      api.free.invokeExact(context);
    } catch (Throwable t) {
      throw new AssertionError("ggml_free cannot throw", t);
    }
    arena.close();
  }

  private Tensor withData(MemorySegment handle, long bytes) {
    MemorySegment data = address(() -> (MemorySegment) api.data.invokeExact(handle));
    return new Tensor(handle, data.reinterpret(bytes));
  }

  @FunctionalInterface
  private interface NativeCall {
    MemorySegment call() throws Throwable;
  }

  private static MemorySegment address(NativeCall call) {
    try {
      MemorySegment result = call.call();
      if (result.address() == 0) {
        throw new IllegalStateException("ggml returned a null pointer");
      }
      return result;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable t) {
      throw new AssertionError("a C function cannot throw", t);
    }
  }
}
