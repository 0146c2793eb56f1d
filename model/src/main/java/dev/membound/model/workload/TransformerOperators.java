package dev.membound.model.workload;

import dev.membound.model.llm.Attention;
import dev.membound.model.llm.LayerGroup;
import dev.membound.model.llm.LlmArchitecture;
import java.util.ArrayList;
import java.util.List;

/**
 * The operators of a decoder-only transformer, one device's share of each. Tensor parallelism
 * slices every matrix and the KV heads, and adds two all-reduces a layer (Shoeybi et al.,
 * Megatron-LM, arXiv 1909.08053); norms are computed by every device.
 */
final class TransformerOperators {
  /** Tokens of a KV block that lie together: the block size of PagedAttention, arXiv 2309.06180. */
  static final int KV_BLOCK_TOKENS = 16;

  private final LlmArchitecture model;
  private final InferenceWorkload workload;
  private final long past;
  private final Sharding sharding;
  private final long rows;
  private final DataFormat weights;
  private final DataFormat activations;
  private final Kernel matrixKernel;
  private final List<Operator> operators = new ArrayList<>();

  TransformerOperators(
      LlmArchitecture model, InferenceWorkload workload, long past, Sharding sharding) {
    this.model = model;
    this.workload = workload;
    this.past = past;
    this.sharding = sharding;
    rows = Math.multiplyExact(workload.batch(), workload.newTokens());
    weights = workload.formats().weights();
    activations = workload.formats().activations();
    matrixKernel = workload.phase() == Phase.DECODE ? Kernel.GEMV : Kernel.GEMM;
  }

  List<Operator> build() {
    embedding();
    for (LayerGroup group : model.groups()) {
      layer(group);
    }
    norm("final-norm", 1);
    // Only the last token of a sequence needs logits.
    matrix(
        "lm-head",
        1,
        model.embeddingElements(),
        0,
        workload.batch(),
        model.hidden(),
        model.vocabulary());
    return List.copyOf(operators);
  }

  private void embedding() {
    long tables = model.learnedPositions() > 0 ? 2 : 1;
    long read = tables * rows * weights.bytes(model.hidden());
    long moved = rows * activations.bytes(model.hidden());
    OperatorCost cost = new OperatorCost(read, 0, 0, 0, moved, rows * model.hidden());
    add("embedding", Kernel.EMBEDDING, Operator.Home.WEIGHTS, 1, Operator.STREAM, cost, 0, 0, 0);
  }

  private void layer(LayerGroup group) {
    Attention attention = group.attention();
    int hidden = model.hidden();
    int n = group.count();
    if (attention.queryHeads() % sharding.tensorParallel() != 0) {
      throw new IllegalArgumentException(
          "tensor parallelism over "
              + sharding.tensorParallel()
              + " devices does not divide the "
              + attention.queryHeads()
              + " query heads of "
              + model.name());
    }
    long output = attention.queryElements() * hidden;
    long qkv = attention.projectionElements(hidden) - output;
    long qkvWidth = attention.queryElements() + attention.kvElementsPerToken();
    boolean biases = model.biases();

    norm("attention-norm", n);
    matrix("qkv", n, qkv, biases ? qkvWidth : 0, rows, hidden, qkvWidth);
    attention(group);
    matrix(
        "attention-output",
        n,
        output,
        biases ? hidden : 0,
        rows,
        attention.queryElements(),
        hidden);
    allReduce("attention-all-reduce", n);
    norm("feed-forward-norm", n);
    long inner = group.feedForward().innerSize();
    long expand = group.feedForward().expandElements(hidden);
    long expandBias = biases ? group.feedForward().biasElements(hidden) - hidden : 0;
    matrix("feed-forward-expand", n, expand, expandBias, rows, hidden, expand / hidden);
    long contract = group.feedForward().contractElements(hidden);
    matrix("feed-forward-contract", n, contract, biases ? hidden : 0, rows, inner, hidden);
    allReduce("feed-forward-all-reduce", n);
  }

  private void norm(String name, int repeats) {
    long read = weights.vectorFormat().bytes(model.normElements());
    long moved = 2 * rows * activations.bytes(model.hidden());
    // Square, sum, scale, gain: about 4 FLOP an element.
    OperatorCost cost = new OperatorCost(read, 0, 0, 0, moved, 4 * rows * model.hidden());
    add(name, Kernel.NORM, Operator.Home.ACTIVATIONS, repeats, Operator.STREAM, cost, 0, 0, 0);
  }

  private void matrix(
      String name, int repeats, long elements, long bias, long vectors, long width, long height) {
    int devices = sharding.tensorParallel();
    long share = Math.ceilDiv(elements, devices);
    long read = weights.bytes(share) + weights.vectorFormat().bytes(Math.ceilDiv(bias, devices));
    long input = vectors * activations.bytes(width);
    long output = vectors * activations.bytes(Math.ceilDiv(height, devices));
    OperatorCost cost =
        new OperatorCost(read, 0, 0, 0, input + output, Math.multiplyExact(2 * vectors, share));
    add(
        name,
        matrixKernel,
        Operator.Home.WEIGHTS,
        repeats,
        Operator.STREAM,
        cost,
        input,
        output,
        0);
  }

  private void attention(LayerGroup group) {
    Attention attention = group.attention();
    DataFormat kv = workload.formats().kv();
    KvSelection selection = workload.selection();
    long batch = workload.batch();
    long fresh = workload.newTokens();
    long attended = selection.attendedTokens(past);
    int devices = sharding.kvModules() > 0 ? sharding.kvModules() : sharding.tensorParallel();
    long heads = attention.queryHeads();
    long headDim = attention.queryElements() / heads;
    long query = rows * activations.bytes(attention.queryElements());

    if (attended < past) {
      long index =
          Math.round(past * selection.indexPerKeyElement() * attention.keyElementsPerToken());
      long scan = Math.ceilDiv(batch * kv.bytes(index), devices);
      long pages = Math.round(past * selection.indexPerKeyElement() / 2);
      // Per page and dimension: two products, a maximum, a sum.
      long flops = Math.ceilDiv(4 * batch * pages * attention.queryElements(), devices);
      OperatorCost cost = new OperatorCost(0, 0, 0, scan, Math.ceilDiv(query, devices), flops);
      add(
          "kv-selection",
          Kernel.TOPK,
          Operator.Home.KV,
          group.count(),
          Operator.STREAM,
          cost,
          query,
          0,
          0);
    }

    long kvBytes = kv.bytes(attention.kvElementsPerToken());
    // A prompt attends to itself: its keys and values are read back once, causal halves the work.
    long readTokens = attended + (workload.phase() == Phase.PREFILL ? fresh : 0);
    long read = Math.ceilDiv(Math.multiplyExact(batch * readTokens, kvBytes), devices);
    long write = Math.ceilDiv(rows * kvBytes, devices);
    long pairs = Math.multiplyExact(batch, fresh * attended + fresh * (fresh + 1) / 2);
    long products = Math.multiplyExact(pairs, heads * headDim);
    long flops = Math.ceilDiv(Math.multiplyExact(4L, products), devices);
    long scores = Math.ceilDiv(Math.multiplyExact(pairs, heads * activations.bytes(1)), devices);
    OperatorCost cost =
        new OperatorCost(0, read, write, 0, Math.ceilDiv(2 * query, devices), flops);
    long newKv = rows * activations.bytes(attention.kvElementsPerToken());
    // Partial results come back as output and log-sum-exp, 4 B a head, and are merged.
    long results = query + rows * heads * 4;
    long chunk = KV_BLOCK_TOKENS * kv.bytes(headDim);
    add(
        "attention",
        Kernel.ATTENTION,
        Operator.Home.KV,
        group.count(),
        chunk,
        cost,
        Math.ceilDiv(query + newKv, devices),
        Math.ceilDiv(results, devices),
        scores);
  }

  private void allReduce(String name, int repeats) {
    if (sharding.tensorParallel() == 1) {
      return;
    }
    long message = rows * activations.bytes(model.hidden());
    OperatorCost cost = new OperatorCost(0, 0, 0, 0, 0, 0);
    add(
        name,
        Kernel.ALL_REDUCE,
        Operator.Home.ACTIVATIONS,
        repeats,
        Operator.STREAM,
        cost,
        message,
        message,
        0);
  }

  private void add(
      String name,
      Kernel kernel,
      Operator.Home home,
      int repeats,
      long chunk,
      OperatorCost cost,
      long input,
      long output,
      long intermediate) {
    DataFormat operand = home == Operator.Home.KV ? workload.formats().kv() : weights;
    operators.add(
        new Operator(
            name,
            kernel,
            operand,
            activations,
            home,
            repeats,
            chunk,
            cost,
            input,
            output,
            intermediate));
  }
}
