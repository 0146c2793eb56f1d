package dev.membound.model.study;

/** What several studies cite. */
final class Citations {
  static final String MA_PATTERSON = "Ma and Patterson, arXiv 2601.05047";
  static final String SO_FMS =
      "J. So (Samsung), Heterogeneous Memory Opportunity with Agentic AI, FMS 2025";
  static final String KV_ARTICLE = "an article on KV storage for inference, February 2026";
  static final String DEEPSEEK = "DeepSeek-V3.2-Exp, kernels of commit 3b99a53";

  private Citations() {}
}
