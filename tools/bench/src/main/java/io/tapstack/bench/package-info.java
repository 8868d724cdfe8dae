/** The benchmark: compares Tapstack with the kernel and other references, in namespaces of its own. */
@NullMarked
package io.tapstack.bench;

import org.jspecify.annotations.NullMarked;
