package dev.membound.model.study;

/** One question about hardware for LLM inference, with the published claims that answer it. */
public interface Study {
  /** Name on the command line: letters and hyphens. */
  String name();

  /** Heading. */
  String title();

  /** What is asked and under which assumptions, in one or two sentences. */
  String question();

  /** Computes it; the same every time. */
  StudyResult run();
}
