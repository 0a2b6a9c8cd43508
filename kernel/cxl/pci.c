// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where cards are plugged in: a PCI bus that exists in software only, with a host
 * bridge and a domain of its own, and one function for each card. Programs look for
 * the PCI device above a card, and administrators for what they do with one: lspci,
 * unbind, remove, rescan.
 *
 *	platform device "softaccel-capi" - host bridge - bus
 *	 `- function SLOT.0, bound to our driver - card
 *
 * Owns: the slots, the platform device, the bus, the driver. A slot's function is the
 * PCI core's: it is found when the bus is scanned, because configuration space shows
 * one, and it has a card as long as our driver is bound (bind_slot() to unbind_slot() in
 * main.c). Nothing else ties the two: a function that is removed takes the card with
 * it; a rescan brings both back.
 *
 * One bus for all cards, not a host bridge for each: a domain is something that the
 * whole machine sees, that the kernel never quite forgets, and that buys nothing here:
 * links fail card by card anyway.
 *
 * What keeps the rest of the machine out of it:
 *   - the domain is a free one from the top of 16 bits. Up there, no IOMMU has a unit
 *     for it, on any vendor's; above 16 bits some of them would take it for domain 0;
 *   - no BAR, no window, no interrupt, no power management, no error reporting
 *     capability, no function reset, no bridge above;
 *   - a class without a driver, and an id table that is not exported as an alias, so
 *     nothing is loaded for a real card; our driver refuses functions of other buses.
 *
 * Configuration space is a table. Only the command register takes stores, and only
 * for reading back. A slot that is empty, or whose link is down, reads all ones.
 * Accesses come with the PCI core's raw lock held or with none; they take only
 * sacc_cxl_config_lock, and read the slot's flags without.
 *
 * The bus is scanned by a kernel worker, as when a card is plugged into a hotplug
 * slot: the PCI core goes on with, and warns about, a device that it could not add.
 * The task that loads the module may be one whose allocations fail, because it is
 * being killed. A card that could not be created is an error: sacc_cxl_slot.error.
 *
 * sacc_cxl_slots_lock protects .profile and .present against other writers and is
 * outermost: see cxl.h.
 *
 * Without PCI, or on architectures whose bus->sysdata nobody here knows, a slot has a
 * platform device in place of the function, created and removed with the card.
 */
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

#include "cxl.h"

#if defined(CONFIG_PCI_DOMAINS) && \
	(defined(CONFIG_X86_64) || defined(CONFIG_ARM64))
#define SACC_CXL_PCI 1
#else
#define SACC_CXL_PCI 0
#endif

static DEFINE_MUTEX(sacc_cxl_slots_lock); /* what is plugged in */
static struct sacc_cxl_slot sacc_cxl_slots[SACC_CXL_CARDS];

#if SACC_CXL_PCI

#ifdef CONFIG_ARM64
#include <linux/pci-ecam.h>
#define sacc_cxl_sysdata pci_config_window	/* what ACPI casts it to */
#else
#define sacc_cxl_sysdata pci_sysdata
#endif

#define SACC_CXL_PCI_DEVICE	0x0477

/* --- configuration space */

#define SACC_CXL_CAP_EXP	0x40
#define SACC_CXL_CAP_DSN	0x100
#define SACC_CXL_CAP_VSEC	0x400
#define SACC_CXL_VSEC_ID	0x1280
#define SACC_CXL_VSEC_LEN	0x80
#define SACC_CXL_VSEC_256TB	0x21	/* protocol: enabled */
#define SACC_CXL_VSEC_IMAGE	0xb0	/* user, loaded on PERST */

#define SACC_CXL_COMMAND_BITS						\
	(PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER |	\
	 PCI_COMMAND_PARITY | PCI_COMMAND_SERR | PCI_COMMAND_INTX_DISABLE)

#define SACC_CXL_EXT_CAP(id, version, next) ((id) | (version) << 16 | (next) << 20)

/* Doublewords that are not 0. The command register and the serial number are added. */
static const struct sacc_cxl_config {
	u16 where;
	u32 val;
} sacc_cxl_config[] = {
	{ PCI_VENDOR_ID, PCI_VENDOR_ID_IBM | SACC_CXL_PCI_DEVICE << 16 },
	{ PCI_COMMAND, PCI_STATUS_CAP_LIST << 16 },
	{ PCI_CLASS_REVISION, 0x120000 << 8 | 1 },	/* processing accelerator */
	{ PCI_SUBSYSTEM_VENDOR_ID, PCI_VENDOR_ID_IBM | SACC_CXL_PCI_DEVICE << 16 },
	{ PCI_CAPABILITY_LIST, SACC_CXL_CAP_EXP },
	{ SACC_CXL_CAP_EXP, PCI_CAP_ID_EXP | (2 | PCI_EXP_TYPE_ENDPOINT << 4) << 16 },
	{ SACC_CXL_CAP_EXP + PCI_EXP_DEVCAP, PCI_EXP_DEVCAP_RBER },
	/* Eight lanes of 8 GT/s, all up. */
	{ SACC_CXL_CAP_EXP + PCI_EXP_LNKCAP,
	  PCI_EXP_LNKCAP_SLS_8_0GB | 8 << 4 },
	{ SACC_CXL_CAP_EXP + PCI_EXP_LNKCTL,
	  (PCI_EXP_LNKSTA_CLS_8_0GB | 8 << PCI_EXP_LNKSTA_NLW_SHIFT) << 16 },
	{ SACC_CXL_CAP_DSN,
	  SACC_CXL_EXT_CAP(PCI_EXT_CAP_ID_DSN, 1, SACC_CXL_CAP_VSEC) },
	{ SACC_CXL_CAP_DSN + 8, 0x5acc0000 },
	{ SACC_CXL_CAP_VSEC, SACC_CXL_EXT_CAP(PCI_EXT_CAP_ID_VNDR, 1, 0) },
	{ SACC_CXL_CAP_VSEC + 0x04,
	  SACC_CXL_EXT_CAP(SACC_CXL_VSEC_ID, 0, SACC_CXL_VSEC_LEN) },
	{ SACC_CXL_CAP_VSEC + 0x08, SACC_CXL_VSEC_256TB << 16 },	/* | AFUs */
	{ SACC_CXL_CAP_VSEC + 0x0c, SACC_CXL_PSL_REVISION |
	  SACC_CXL_CAIA_MINOR << 16 | SACC_CXL_CAIA_MAJOR << 24 },
	{ SACC_CXL_CAP_VSEC + 0x10,
	  SACC_CXL_BASE_IMAGE | (u32)SACC_CXL_VSEC_IMAGE << 24 },
};

/* Makes a store of less than a doubleword to the command register atomic. */
static DEFINE_RAW_SPINLOCK(sacc_cxl_config_lock);

static u32 sacc_cxl_config_dword(const struct sacc_cxl_slot *slot, int where)
{
	u32 val = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(sacc_cxl_config); i++)
		if (sacc_cxl_config[i].where == where)
			val = sacc_cxl_config[i].val;
	if (where == PCI_COMMAND)
		val |= READ_ONCE(slot->command);
	else if (where == SACC_CXL_CAP_DSN + 4)
		val |= slot->nr;
	else if (where == SACC_CXL_CAP_VSEC + 8)
		val |= slot->slices;
	return val;
}

/* The slot whose function answers, or NULL. A PCI device has eight functions. */
static struct sacc_cxl_slot *sacc_cxl_config_slot(unsigned int devfn, int where,
						  int size)
{
	struct sacc_cxl_slot *slot;

	if (PCI_FUNC(devfn) || PCI_SLOT(devfn) >= ARRAY_SIZE(sacc_cxl_slots))
		return NULL;
	if (where < 0 || where + size > PCI_CFG_SPACE_EXP_SIZE)
		return NULL;
	slot = &sacc_cxl_slots[PCI_SLOT(devfn)];
	/* Pairs with plugging in: the profile is there. */
	if (!smp_load_acquire(&slot->present) || READ_ONCE(slot->frozen))
		return NULL;
	return slot;
}

static int sacc_cxl_config_read(struct pci_bus *bus, unsigned int devfn,
				int where, int size, u32 *val)
{
	struct sacc_cxl_slot *slot = sacc_cxl_config_slot(devfn, where, size);

	if (!slot) {
		PCI_SET_ERROR_RESPONSE(val);
		return PCIBIOS_DEVICE_NOT_FOUND;
	}
	*val = sacc_cxl_config_dword(slot, where & ~3) >> 8 * (where & 3);
	if (size < sizeof(u32))
		*val &= BIT(8 * size) - 1;
	return PCIBIOS_SUCCESSFUL;
}

static int sacc_cxl_config_write(struct pci_bus *bus, unsigned int devfn,
				 int where, int size, u32 val)
{
	struct sacc_cxl_slot *slot = sacc_cxl_config_slot(devfn, where, size);
	int shift = 8 * (where & 3);
	unsigned long flags;
	u32 mask;

	if (!slot)
		return PCIBIOS_DEVICE_NOT_FOUND;
	if ((where & ~3) != PCI_COMMAND)
		return PCIBIOS_SUCCESSFUL;
	mask = (size < sizeof(u32) ? BIT(8 * size) - 1 : U32_MAX) << shift;
	mask &= SACC_CXL_COMMAND_BITS;
	raw_spin_lock_irqsave(&sacc_cxl_config_lock, flags);
	WRITE_ONCE(slot->command, (slot->command & ~mask) | (val << shift & mask));
	raw_spin_unlock_irqrestore(&sacc_cxl_config_lock, flags);
	return PCIBIOS_SUCCESSFUL;
}

static struct pci_ops sacc_cxl_pci_ops = {
	.read = sacc_cxl_config_read,
	.write = sacc_cxl_config_write,
};

/* --- the driver; its name is that of the real one */

static int sacc_cxl_pci_probe(struct pci_dev *pdev,
			      const struct pci_device_id *id)
{
	struct sacc_cxl_slot *slot;

	/* A real card, or one of somebody's new_id. */
	if (pdev->bus->ops != &sacc_cxl_pci_ops)
		return -ENODEV;
	slot = &sacc_cxl_slots[PCI_SLOT(pdev->devfn)];
	pci_set_drvdata(pdev, slot);
	return sacc_cxl_bind_slot(slot, &pdev->dev);
}

static void sacc_cxl_pci_remove(struct pci_dev *pdev)
{
	sacc_cxl_unbind_slot(pci_get_drvdata(pdev));
}

/* No MODULE_DEVICE_TABLE: see above. */
static const struct pci_device_id sacc_cxl_pci_ids[] = {
	{ PCI_DEVICE(PCI_VENDOR_ID_IBM, SACC_CXL_PCI_DEVICE) },
	{ }
};

static struct pci_driver sacc_cxl_pci_driver = {
	.name = "cxl-pci",
	.id_table = sacc_cxl_pci_ids,
	.probe = sacc_cxl_pci_probe,
	.remove = sacc_cxl_pci_remove,
	/* Who scans wants to know. */
	.driver.probe_type = PROBE_FORCE_SYNCHRONOUS,
};

/* --- the bus */

static struct platform_device *sacc_cxl_root;
static struct pci_host_bridge *sacc_cxl_bridge;

/* Of which the root bus is the only one: there are no bridges on it. */
static struct resource sacc_cxl_busn = {
	.name = "softaccel-capi",
	.flags = IORESOURCE_BUS,
};

/* Something to be done by a kernel worker, and waited for. */
struct sacc_cxl_errand {
	struct work_struct work;
	int (*run)(struct sacc_cxl_slot *slot);
	struct sacc_cxl_slot *slot;
	int ret;
};

static void sacc_cxl_run_errand(struct work_struct *work)
{
	struct sacc_cxl_errand *errand =
		container_of(work, struct sacc_cxl_errand, work);

	errand->ret = errand->run(errand->slot);
}

static int sacc_cxl_in_worker(int (*run)(struct sacc_cxl_slot *slot),
			      struct sacc_cxl_slot *slot)
{
	struct sacc_cxl_errand errand = { .run = run, .slot = slot };

	INIT_WORK_ONSTACK(&errand.work, sacc_cxl_run_errand);
	queue_work(system_unbound_wq, &errand.work);
	flush_work(&errand.work);
	destroy_work_on_stack(&errand.work);
	return errand.ret;
}

static bool sacc_cxl_is_free_domain(int domain)
{
	struct pci_bus *bus = NULL;

	while ((bus = pci_find_next_bus(bus)))
		if (pci_domain_nr(bus) == domain)
			return false;
	return true;
}

/*
 * Newer kernels keep account of domains that no firmware names, and take it that a
 * bridge with a number of its own has one of them. Older ones do not: who takes the
 * same one at the same moment makes the bus' registration fail.
 */
static int sacc_cxl_take_domain(void)
{
	int domain;

	for (domain = 0xfffe; domain > 0; domain--)
		if (sacc_cxl_is_free_domain(domain) &&
		    pci_bus_find_emul_domain_nr(domain, domain, domain) == domain)
			return domain;
	return -ENOSPC;
}

static struct pci_host_bridge *sacc_cxl_alloc_bridge(int domain)
{
	struct pci_host_bridge *bridge;
	struct sacc_cxl_sysdata *sysdata;

	bridge = pci_alloc_host_bridge(sizeof(*sysdata));
	if (!bridge)
		return NULL;
	/* Goes with the bridge, which goes after the bus and its functions. */
	sysdata = pci_host_bridge_priv(bridge);
#ifdef CONFIG_X86_64
	sysdata->domain = domain;
	sysdata->node = NUMA_NO_NODE;
#endif
	bridge->domain_nr = domain;
	bridge->sysdata = sysdata;
	bridge->ops = &sacc_cxl_pci_ops;
	bridge->dev.parent = &sacc_cxl_root->dev;
	pci_add_resource(&bridge->windows, &sacc_cxl_busn);
	return bridge;
}

static int sacc_cxl_add_bridge(struct sacc_cxl_slot *unused)
{
	struct pci_host_bridge *bridge;
	int ret, domain;

	pci_lock_rescan_remove();
	domain = sacc_cxl_take_domain();
	ret = domain;
	if (domain < 0)
		goto out_unlock;
	bridge = sacc_cxl_alloc_bridge(domain);
	ret = -ENOMEM;
	if (!bridge) {
		pci_bus_release_emul_domain_nr(domain);
		goto out_unlock;
	}
	/* From here on the domain goes with the bridge. */
	ret = pci_scan_root_bus_bridge(bridge);
	if (ret)
		pci_free_host_bridge(bridge);
	else
		sacc_cxl_bridge = bridge;
out_unlock:
	pci_unlock_rescan_remove();
	return ret;
}

/**
 * sacc_cxl_bus_create - create the bus, with nothing plugged in
 */
int sacc_cxl_bus_create(void)
{
	int ret;

	sacc_cxl_root = platform_device_register_simple("softaccel-capi",
							PLATFORM_DEVID_NONE,
							NULL, 0);
	if (IS_ERR(sacc_cxl_root))
		return PTR_ERR(sacc_cxl_root);
	ret = pci_register_driver(&sacc_cxl_pci_driver);
	if (ret)
		goto err_unregister_root;
	ret = sacc_cxl_in_worker(sacc_cxl_add_bridge, NULL);
	if (ret)
		goto err_unregister_driver;
	return 0;

err_unregister_driver:
	pci_unregister_driver(&sacc_cxl_pci_driver);
err_unregister_root:
	platform_device_unregister(sacc_cxl_root);
	return ret;
}

/**
 * sacc_cxl_bus_destroy - remove the bus, and with it all cards
 */
void sacc_cxl_bus_destroy(void)
{
	pci_lock_rescan_remove();
	pci_stop_root_bus(sacc_cxl_bridge->bus);
	pci_remove_root_bus(sacc_cxl_bridge->bus);
	pci_unlock_rescan_remove();
	pci_free_host_bridge(sacc_cxl_bridge);
	pci_unregister_driver(&sacc_cxl_pci_driver);
	platform_device_unregister(sacc_cxl_root);
}

static int sacc_cxl_scan_slot(struct sacc_cxl_slot *slot)
{
	pci_lock_rescan_remove();
	pci_scan_slot(sacc_cxl_bridge->bus, PCI_DEVFN(slot->nr, 0));
	pci_bus_add_devices(sacc_cxl_bridge->bus);
	pci_unlock_rescan_remove();
	return 0;
}

/* The slot's function is there, now, and a card is its child. */
static int sacc_cxl_add_function(struct sacc_cxl_slot *slot)
{
	int ret;

	mutex_lock(&sacc_cxl_registry);
	slot->error = -ENODEV; /* unless it comes to probing */
	mutex_unlock(&sacc_cxl_registry);
	sacc_cxl_in_worker(sacc_cxl_scan_slot, slot);
	mutex_lock(&sacc_cxl_registry);
	ret = slot->card ? 0 : slot->error;
	mutex_unlock(&sacc_cxl_registry);
	return ret;
}

static void sacc_cxl_remove_function(struct sacc_cxl_slot *slot)
{
	struct pci_dev *pdev;

	pci_lock_rescan_remove();
	pdev = pci_get_slot(sacc_cxl_bridge->bus, PCI_DEVFN(slot->nr, 0));
	if (pdev)
		pci_stop_and_remove_bus_device(pdev);
	pci_dev_put(pdev);
	pci_unlock_rescan_remove();
}

#else /* !SACC_CXL_PCI */

int sacc_cxl_bus_create(void)
{
	return 0;
}

static int sacc_cxl_add_function(struct sacc_cxl_slot *slot)
{
	struct platform_device *pdev;
	int ret;

	pdev = platform_device_register_simple("softaccel-capi", slot->nr, NULL, 0);
	if (IS_ERR(pdev))
		return PTR_ERR(pdev);
	ret = sacc_cxl_bind_slot(slot, &pdev->dev);
	if (ret)
		platform_device_unregister(pdev);
	return ret;
}

static void sacc_cxl_remove_function(struct sacc_cxl_slot *slot)
{
	struct device *parent = slot->parent;

	if (!parent)
		return;
	sacc_cxl_unbind_slot(slot);
	platform_device_unregister(to_platform_device(parent));
}

void sacc_cxl_bus_destroy(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(sacc_cxl_slots); i++)
		sacc_cxl_remove_function(&sacc_cxl_slots[i]);
}

#endif

/* --- what is plugged in */

static int sacc_cxl_set_present_locked(struct sacc_cxl_slot *slot, bool present)
{
	int ret = 0;

	lockdep_assert_held(&sacc_cxl_slots_lock);
	if (slot->present == present)
		return 0;
	if (present) {
		slot->command = 0;
		mutex_lock(&sacc_cxl_registry);
		WRITE_ONCE(slot->frozen, false);
		mutex_unlock(&sacc_cxl_registry);
		/* Pairs with sacc_cxl_config_slot(). */
		smp_store_release(&slot->present, true);
		ret = sacc_cxl_add_function(slot);
		if (!ret)
			return 0;
	}
	/* Out first: nobody finds the function again. */
	WRITE_ONCE(slot->present, false);
	sacc_cxl_remove_function(slot);
	return ret;
}

/**
 * sacc_cxl_set_present - pull a card out of its slot, or put it back in
 * @slot:    a slot that sacc_cxl_plug() has filled once
 * @present: in
 *
 * Return: 0; the error of creating the card, which is then out.
 */
int sacc_cxl_set_present(struct sacc_cxl_slot *slot, bool present)
{
	int ret;

	mutex_lock(&sacc_cxl_slots_lock);
	ret = sacc_cxl_set_present_locked(slot, present);
	mutex_unlock(&sacc_cxl_slots_lock);
	return ret;
}

/**
 * sacc_cxl_plug - plug a card into a free slot
 * @profile: what kind of card; stays until sacc_cxl_unplug(), or as long as the module
 *
 * Return: 0, -ENOSPC when all slots are taken, or the error of creating the card.
 */
int sacc_cxl_plug(const struct sacc_cxl_profile *profile)
{
	struct sacc_cxl_slot *slot = sacc_cxl_slots;
	int ret;

	mutex_lock(&sacc_cxl_slots_lock);
	while (slot < sacc_cxl_slots + ARRAY_SIZE(sacc_cxl_slots) && slot->profile)
		slot++;
	ret = -ENOSPC;
	if (slot == sacc_cxl_slots + ARRAY_SIZE(sacc_cxl_slots))
		goto out_unlock;
	slot->nr = slot - sacc_cxl_slots;
	slot->profile = profile;
	slot->slices = profile->slices;
	ret = sacc_cxl_set_present_locked(slot, true);
	if (ret)
		slot->profile = NULL;
	else
		sacc_cxl_debugfs_add_slot(slot);
out_unlock:
	mutex_unlock(&sacc_cxl_slots_lock);
	return ret;
}

/**
 * sacc_cxl_unplug - free the slot that a card of this kind was plugged into
 * @profile: what sacc_cxl_plug() was given
 *
 * Whoever looks at configuration space meanwhile finds an empty slot, or nothing of
 * @profile: the number of AFUs is the slot's.
 */
void sacc_cxl_unplug(const struct sacc_cxl_profile *profile)
{
	struct sacc_cxl_slot *slot = sacc_cxl_slots;

	/* Nobody but the caller gives it up. */
	while (READ_ONCE(slot->profile) != profile)
		slot++;
	/* Waits for who has the card pulled or put in, which takes the lock. */
	sacc_cxl_debugfs_del_slot(slot);
	mutex_lock(&sacc_cxl_slots_lock);
	sacc_cxl_set_present_locked(slot, false);
	slot->profile = NULL;
	mutex_unlock(&sacc_cxl_slots_lock);
}
