import { join } from 'node:path';
import { expect, it } from 'vitest';
import { BpfObject, Refusal, type Program } from '../src/kernel/index.js';
import { ground, missing } from './ground.js';

const object = (): BpfObject => new BpfObject(join(import.meta.dirname, '../../bpf/prebuilt/vm_exit.bpf.o'));
const kvmExit = (...functions: string[]): Program => ({
  ...{ name: 'kvm_exit', hook: 'tp_btf/kvm_exit', functions, modules: [] },
});

it.skipIf(!ground.root || !ground.btf || !ground.kvm)(
  `a function for the arguments of other kernels is refused for them, and not where another one is taken${missing('root', 'btf', 'kvm')}`,
  () => {
    const refused = (): unknown => object().attach(kvmExit('kvm_exit_with_reason'));
    expect(refused).toThrow(Refusal);
    expect(refused).toThrow(/^the hook has other arguments in this kernel$/);
    object()
      .attach(kvmExit('kvm_exit_with_reason', 'kvm_exit', 'kvm_exit_fetching'))
      .end();
  },
);
