/**
 * What a language model is made of: layers of attention and feed-forward, vocabulary, position
 * embedding. One YAML file a preset; parameter counts are exact.
 */
package dev.membound.model.llm;
