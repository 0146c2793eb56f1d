/**
 * Published claims about hardware for LLM inference, computed anew one by one. A {@link
 * dev.membound.model.study.Study} is a question, a table, charts and {@link
 * dev.membound.model.study.Claim}s, each with the published number, ours and a verdict. A new study
 * is one class and one line in {@link dev.membound.model.study.Studies}.
 */
package dev.membound.model.study;
