package dev.membound.model.placement;

import dev.membound.model.llm.Attention;
import dev.membound.model.llm.LayerGroup;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.MixtureOfExperts;
import dev.membound.model.workload.InferenceWorkload;
import dev.membound.model.workload.Sharding;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The ways in which devices can share a model: TP divides the query heads of every layer, CP is a
 * power of two, EP is 1 or all devices of a stage and divides the experts. PP and DP are the
 * numbers that make the longest stage or the largest part of the batch shorter: no other needs
 * fewer devices.
 */
public final class Shardings {
  /** Enough for any system that is built today. */
  private static final int MOST_DEVICES = 4096;

  /** Parts of a context that are tried: each halves what a device holds of it. */
  private static final int MOST_CONTEXT_PARTS = 64;

  private Shardings() {}

  /** All of up to {@code mostDevices} devices, fewest first, then by more TP, less PP, CP, DP. */
  public static List<Sharding> byDevices(
      LlmArchitecture model, InferenceWorkload workload, int mostDevices) {
    int most = Math.min(mostDevices, MOST_DEVICES);
    List<Sharding> all = new ArrayList<>();
    for (int tensor : divisors(model.queryHeads(), most)) {
      if (!divides(model, tensor)) {
        continue;
      }
      for (int pipeline : shortening(model.layers(), most / tensor)) {
        for (int context = 1;
            context <= MOST_CONTEXT_PARTS && tensor * pipeline * context <= most;
            context *= 2) {
          addReplicas(model, workload.batch(), tensor, pipeline, context, most, all);
        }
      }
    }
    all.sort(
        Comparator.comparingInt(Sharding::devices)
            .thenComparing(Comparator.comparingInt(Sharding::tensorParallel).reversed())
            .thenComparing(Sharding::pipelineParallel)
            .thenComparing(Sharding::contextParallel)
            .thenComparing(Sharding::dataParallel)
            .thenComparing(Sharding::expertParallel));
    return List.copyOf(all);
  }

  private static int[] divisors(int number, int most) {
    return IntStream.rangeClosed(1, Math.min(number, most)).filter(n -> number % n == 0).toArray();
  }

  /** Numbers of parts, up to {@code most}, whose largest is smaller than with one part less. */
  private static int[] shortening(int whole, int most) {
    return IntStream.rangeClosed(1, Math.min(whole, most))
        .filter(n -> n == 1 || Math.ceilDiv(whole, n) < Math.ceilDiv(whole, n - 1))
        .toArray();
  }

  /** Whether {@code model} has the heads, layers and experts for a sharding. */
  public static boolean allow(LlmArchitecture model, Sharding sharding) {
    return divides(model, sharding.tensorParallel())
        && sharding.pipelineParallel() <= model.layers()
        && (sharding.expertParallel() == 1 || spreads(model, sharding.expertParallel()));
  }

  private static boolean divides(LlmArchitecture model, int tensor) {
    return model.groups().stream()
        .map(LayerGroup::attention)
        .mapToInt(Attention::queryHeads)
        .allMatch(heads -> heads % tensor == 0);
  }

  private static void addReplicas(
      LlmArchitecture model,
      int batch,
      int tensor,
      int pipeline,
      int context,
      int most,
      List<Sharding> all) {
    for (int data : shortening(batch, most / (tensor * pipeline * context))) {
      all.add(new Sharding(tensor, pipeline, 1, data, context, 0));
      int stage = tensor * data * context;
      if (stage > 1 && spreads(model, stage)) {
        all.add(new Sharding(tensor, pipeline, stage, data, context, 0));
      }
    }
  }

  /** Whether the model has experts, and {@code devices} devices can hold equal numbers of them. */
  private static boolean spreads(LlmArchitecture model, int devices) {
    int[] experts =
        model.groups().stream()
            .map(LayerGroup::feedForward)
            .filter(MixtureOfExperts.class::isInstance)
            .mapToInt(f -> ((MixtureOfExperts) f).experts())
            .toArray();
    return experts.length > 0 && IntStream.of(experts).allMatch(n -> n % devices == 0);
  }
}
