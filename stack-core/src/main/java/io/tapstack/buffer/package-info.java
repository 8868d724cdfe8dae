/**
 * Pooled direct memory: regions that bytes live in, and the packet buffers that headers and payload references travel
 * in.
 */
@NullMarked
package io.tapstack.buffer;

import org.jspecify.annotations.NullMarked;
