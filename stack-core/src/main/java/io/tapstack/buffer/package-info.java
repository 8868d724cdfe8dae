/** Pooled direct memory: regions that hold bytes, and the packet buffers that carry headers and payload references. */
@NullMarked
package io.tapstack.buffer;

import org.jspecify.annotations.NullMarked;
